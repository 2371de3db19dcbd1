import type { IncomingMessage, ServerResponse } from 'node:http';
import { NOT_FOUND, WRONG_METHOD, type Answer } from '../answers.ts';
import { withoutSlash } from '../endpoints.ts';
import type { Ingest } from '../ingest.ts';
import type { Settings } from '../options.ts';

/** What frameworks leave on a request. */
type NodeRequest = IncomingMessage & { originalUrl?: string; body?: unknown; rawBody?: unknown };

/** The door of `node:http` and Express: reads the socket's own buffers, which is why it exists beside `fetch`. */
export function nodeDoor(ingest: Ingest, { endpoints, maxBody }: Pick<Settings<never>, 'endpoints' | 'maxBody'>) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answered = await answer(request, response);
    if (!answered || response.headersSent || response.destroyed) return;
    send(response, answered);
    // The rest of a body that is too large is not read; the connection cannot be used again.
    if (answered.status === 413) response.once('finish', () => request.destroy());
  };

  async function answer(request: NodeRequest, response: ServerResponse): Promise<Answer | undefined> {
    // Express takes the mount path off `url`.
    const url = request.originalUrl ?? request.url ?? '/';
    const query = url.indexOf('?');
    const pathname = withoutSlash(query < 0 ? url : url.slice(0, query));
    if (!endpoints.has(pathname)) return NOT_FOUND;
    if (request.method !== 'POST') return WRONG_METHOD;
    const header = request.headers['stripe-signature'];
    const signature = typeof header === 'string' ? header : null;
    const delivery = { body: Buffer.alloc(0), signature, path: pathname };

    const kept = rawBody(request);
    if (kept === 'parsed') return ingest.refuse('body_parsed', delivery);
    const body = kept ?? (await readBody(request, maxBody));
    if (body === undefined) return undefined;
    const size = typeof body === 'number' ? body : body.length;
    if (typeof body === 'number' || size > maxBody) {
      response.shouldKeepAlive = false;
      return ingest.refuse('body_too_large', delivery, size);
    }
    return ingest.deliver({ ...delivery, body });
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Bytes that a raw-body middleware kept, `parsed` when only the result of parsing is left, undefined when unread. */
function rawBody({ body, rawBody: raw, readableEnded }: NodeRequest): Buffer | 'parsed' | undefined {
  for (const kept of [raw, body]) {
    if (kept instanceof Uint8Array) return Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
    if (typeof kept === 'string') return Buffer.from(kept, 'utf8');
  }
  return readableEnded ? 'parsed' : undefined;
}

/** The body; its size when that is over the limit; undefined when the sender went away. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | number | undefined> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.resolve(announced);
  if (request.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        request.pause();
        resolve(size);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}
