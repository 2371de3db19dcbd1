import type { IncomingMessage, ServerResponse } from 'node:http';
import { stripeError } from './errors.ts';
import type { Incoming, Outgoing } from './message.ts';
import { readBody } from './request.ts';

type Api = (request: Incoming) => Promise<Outgoing>;
type Control = (request: Request) => Promise<Response>;

const isControl = (path: string): boolean => path === '/' || path === '/_paybell' || path.startsWith('/_paybell/');

/** The two ways in: a Web request, and Node's own. */
export function createDoors(api: Api, control: Control) {
  return {
    async fetch(request: Request): Promise<Response> {
      const { pathname, search } = new URL(request.url);
      if (isControl(pathname)) return control(request);
      const { status, headers, body } = await api({
        method: request.method,
        path: pathname,
        query: search.slice(1),
        header: (name) => request.headers.get(name),
        text: async (limit) => (request.body ? readBody(request.body, limit) : ''),
      });
      return new Response(body, { status, headers });
    },

    async node(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = relative(request.url ?? '/');
      const at = url.indexOf('?');
      const path = at < 0 ? url : url.slice(0, at);
      const query = at < 0 ? '' : url.slice(at + 1);
      if (isControl(path)) return answer(response, await controlled(control, request, url));
      const header = (name: string) => {
        const value = request.headers[name];
        return value === undefined ? null : String(value);
      };
      const text = (limit: number) => bodyOf(request, limit);
      answer(response, await api({ method: request.method ?? 'GET', path, query, header, text }));
    },
  };
}

/** What a client that goes through a proxy asks for is a whole address. */
function relative(url: string): string {
  if (url.startsWith('/') || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function answer(response: ServerResponse, { status, headers, body }: Outgoing): void {
  // What is too large is not read to its end, so the connection cannot be used again.
  if (status === 413) headers['connection'] = 'close';
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function bodyOf(request: IncomingMessage, limit: number): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= limit) return void chunks.push(chunk);
      request.pause();
      failed(stripeError('body_too_large', [String(limit)]));
    });
    request.on('end', () => done((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')));
    request.on('error', failed);
  });
}

// Rare, and few at a time: what the control routes need of a Web request is made for them.
async function controlled(control: Control, request: IncomingMessage, url: string): Promise<Outgoing> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, String(value));
  const { method = 'GET' } = request;
  const stream =
    method === 'GET' || method === 'HEAD' ? undefined : { body: request as never, duplex: 'half' as const };
  const host = request.headers.host ?? '127.0.0.1';
  // Whatever Host says goes to the check of it, also where no address could be made of it.
  const base = URL.canParse(`http://${host}`) ? `http://${host}` : 'http://invalid';
  const answered = await control(new Request(new URL(url, base), { method, headers, ...stream }));
  return { status: answered.status, headers: Object.fromEntries(answered.headers), body: await answered.text() };
}
