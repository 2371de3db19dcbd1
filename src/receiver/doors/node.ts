import type { IncomingMessage, ServerResponse } from 'node:http';
import { NOT_FOUND, WRONG_METHOD, type Answer } from '../answers.ts';
import { withoutSlash } from '../endpoints.ts';
import type { Ingest } from '../ingest.ts';
import type { Settings } from '../options.ts';
import type { Nowhere } from './nowhere.ts';

/** What frameworks leave on a request. */
type NodeRequest = IncomingMessage & { originalUrl?: string; body?: unknown; rawBody?: unknown };

/** The door of `node:http` and Express: reads the socket's own buffers, which is why it exists beside `fetch`. */
export function nodeDoor(
  ingest: Ingest,
  { endpoints, maxBody }: Pick<Settings<never>, 'endpoints' | 'maxBody'>,
  nowhere: Nowhere,
) {
  return (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    new Promise((done, failed) =>
      answer(request, response, (answered) => {
        try {
          if (answered && !response.headersSent && !response.destroyed) send(response, answered);
          // The rest of a body that is too large is not read; the connection cannot be used again.
          if (answered?.status === 413) response.once('finish', () => request.destroy());
          done();
        } catch (error) {
          failed(error);
        }
      }),
    );

  function answer(request: NodeRequest, response: ServerResponse, respond: (answer: Answer | undefined) => void): void {
    // Express takes the mount path off `url`.
    const came = pathIn(request.originalUrl ?? request.url ?? '/');
    const path = withoutSlash(came);
    const header = request.headers['stripe-signature'];
    const signature = typeof header === 'string' ? header : null;
    if (!endpoints.has(path)) {
      nowhere(came, signature);
      return respond(NOT_FOUND);
    }
    if (request.method !== 'POST') return respond(WRONG_METHOD);

    const kept = rawBody(request);
    if (kept === 'parsed') ingest.refuse('body_parsed', { body: NO_BODY, signature, path }, respond);
    else if (kept) deliver(kept);
    else readBody(request, maxBody, deliver);

    function deliver(body: Buffer | number | undefined): void {
      if (body === undefined) return respond(undefined);
      const size = typeof body === 'number' ? body : body.length;
      if (typeof body !== 'number' && size <= maxBody) return ingest.deliver({ body, signature, path }, respond);
      response.shouldKeepAlive = false;
      ingest.refuse('body_too_large', { body: NO_BODY, signature, path }, respond, size);
    }
  }
}

const NO_BODY = Buffer.alloc(0);

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** The path of a request's target, which may be a whole address (RFC 9112, 3.2.2), without its query. */
function pathIn(target: string): string {
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** Bytes that a raw-body middleware kept, `parsed` when only the result of parsing is left, undefined when unread. */
function rawBody({ body, rawBody: raw, readableEnded }: NodeRequest): Buffer | 'parsed' | undefined {
  for (const kept of [raw, body]) {
    // Begun to be collected by somebody who has not read anything yet.
    if (kept === '') continue;
    if (kept instanceof Uint8Array) return Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
    if (typeof kept === 'string') return Buffer.from(kept, 'utf8');
  }
  return readableEnded ? 'parsed' : undefined;
}

/** Calls back once with the body; with its size when that is over the limit; with undefined when the sender went away. */
function readBody(request: IncomingMessage, limit: number, done: (body: Buffer | number | undefined) => void): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return done(announced);
  if (request.destroyed) return done(undefined);
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  const end = (body: Buffer | number | undefined): void => {
    if (!chunks) return;
    chunks = undefined;
    done(body);
  };
  request.on('data', (given: Buffer | string) => {
    // Somebody has set an encoding before.
    const chunk = typeof given === 'string' ? Buffer.from(given, request.readableEncoding ?? 'utf8') : given;
    size += chunk.length;
    if (size <= limit) chunks?.push(chunk);
    else {
      request.pause();
      end(size);
    }
  });
  request.on('end', () => end(chunks?.length === 1 ? chunks[0]! : Buffer.concat(chunks ?? [], size)));
  request.on('error', () => end(undefined));
  request.on('close', () => end(undefined));
}
