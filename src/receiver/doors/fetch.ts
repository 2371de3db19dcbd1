import { NOT_FOUND, WRONG_METHOD, type Answer } from '../answers.ts';
import { withoutSlash } from '../endpoints.ts';
import type { Ingest } from '../ingest.ts';
import type { Settings } from '../options.ts';
import type { Nowhere } from './nowhere.ts';

/** The Web-standard door: Hono, Next, Bun, Deno, Workers. */
export function fetchDoor(
  ingest: Ingest,
  { endpoints, maxBody }: Pick<Settings<never>, 'endpoints' | 'maxBody'>,
  nowhere: Nowhere,
) {
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    return response(await answer(request, pathname));
  };

  async function answer(request: Request, came: string): Promise<Answer> {
    const pathname = withoutSlash(came);
    const signature = request.headers.get('stripe-signature');
    if (!endpoints.has(pathname)) {
      nowhere(came, signature);
      return NOT_FOUND;
    }
    if (request.method !== 'POST') return WRONG_METHOD;
    const delivery = { body: new Uint8Array(), signature, path: pathname };
    if (request.bodyUsed || request.body?.locked)
      return new Promise((respond) => ingest.refuse('body_parsed', delivery, respond));
    const body = await readBody(request, maxBody);
    if (body instanceof Uint8Array) return new Promise((respond) => ingest.deliver({ ...delivery, body }, respond));
    if (body.broken) return new Promise((respond) => ingest.refuse('not_an_event', delivery, respond, body.size));
    return new Promise((respond) => ingest.refuse('body_too_large', delivery, respond, body.size));
  }
}

const response = ({ status, body, headers }: Answer): Response => new Response(body, { status, headers });

async function readBody(request: Request, limit: number): Promise<Uint8Array | { size: number; broken: boolean }> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > limit) return { size: announced, broken: false };
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = request.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader!.read()) {
      size += part.value.byteLength;
      if (size > limit) {
        await reader!.cancel();
        return { size, broken: false };
      }
      chunks.push(part.value);
    }
  } catch {
    return { size, broken: true };
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}
