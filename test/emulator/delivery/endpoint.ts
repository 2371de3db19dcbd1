import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';

/** A delivery as an endpoint received it. */
export type Received = { body: string; headers: IncomingMessage['headers']; event: Stripe.Event; path: string };

/** How an endpoint answers: a status, or whatever it does with the response itself. */
export type Answering = number | ((response: ServerResponse, received: Received) => void);

export type TestEndpoint = AsyncDisposable & {
  readonly url: string;
  readonly received: Received[];
  /** From now on. */
  answer(how: Answering): void;
  types(): string[];
};

/** A real HTTP endpoint on a free port of this machine. */
export async function endpoint(how: Answering = 200): Promise<TestEndpoint> {
  const received: Received[] = [];
  let answering = how;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const one = { body, headers: request.headers, event: JSON.parse(body) as Stripe.Event, path: request.url ?? '' };
      received.push(one);
      if (typeof answering === 'number') response.writeHead(answering).end();
      else answering(response, one);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (next) => void (answering = next),
    types: () => received.map(({ event }) => event.type),
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
