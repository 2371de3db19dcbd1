import type { ApiError } from '../../../src/console/api/types.ts';

/** What the server refused, in its own words; `status` is HTTP's, 0 when nothing answered. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Asks `/api/…`; parts of `query` that are undefined or empty stay out of the address. */
export async function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return answer(await ask(address(path, query), { signal: signal ?? null }));
}

/** Sends JSON to `/api/…`. */
export async function post<Answer>(path: string, body: unknown = {}, method = 'POST'): Promise<Answer> {
  return answer(await ask(address(path), { method, headers: JSON_TYPE, body: JSON.stringify(body) }));
}

/** Sends JSON and hands over each message of the answer as it comes. */
export async function stream<Message>(
  path: string,
  body: unknown,
  take: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await ask(address(path), { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body), signal });
  if (!response.ok || !response.body) {
    await answer(response);
    return;
  }
  let rest = '';
  for await (const text of chunks(response.body)) {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) {
      const data = part
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (data) take(JSON.parse(data) as Message);
    }
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

const JSON_TYPE = { 'content-type': 'application/json' };

function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  const text = params.toString();
  return `/api/${path}${text ? `?${text}` : ''}`;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, 'unreachable', 'The server does not answer. Is `paybell dev` or `paybell serve` running?');
  }
}

async function answer<Answer>(response: Response): Promise<Answer> {
  const body = (await response.json().catch(() => null)) as (Answer & Partial<ApiError>) | null;
  if (response.ok && body) return body;
  const { code = 'unexpected', message = `The server answered ${response.status}.` } = body?.error ?? {};
  throw new Refused(response.status, code, message);
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
