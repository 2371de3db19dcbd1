import type { IncomingMessage, ServerResponse } from 'node:http';

/** A receiver in the same process, by its door for Node's own requests. */
export type LocalReceiver = { node(request: IncomingMessage, response: ServerResponse): Promise<void> };

/** Hands over a delivery: the headers and the bytes of its body go in, the status and the answer's text come out. */
export type Direct = (headers: Record<string, string>, body: Buffer) => Promise<{ status: number; answer: string }>;

/**
 * The way to a receiver in the same process, without a socket, and without Web requests and streams, which would take
 * longer than all the rest of a delivery. The request and the response are no more than what such a receiver looks at:
 * where it is asked, the headers, the raw body; the status, the answer.
 */
export function directly({ node }: LocalReceiver, url: string): Direct {
  const { pathname, search } = new URL(url);
  return async (headers, rawBody) => {
    let status = 0;
    let answer = '';
    const response = {
      headersSent: false,
      destroyed: false,
      shouldKeepAlive: true,
      writeHead(written: number) {
        status = written;
        return response;
      },
      end(text: unknown = '') {
        response.headersSent = true;
        answer = String(text);
      },
      once: () => response,
    };
    const request = { method: 'POST', url: pathname + search, headers, rawBody };
    await node(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    if (!response.headersSent) throw new Error('the receiver did not answer');
    return { status, answer };
  };
}
