import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Receiver } from '../../src/receiver/index.ts';

/** Serves a receiver on a port of this machine, until it is disposed of. */
export async function serveReceiver({ node }: Pick<Receiver, 'node'>): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => void node(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/payments/webhook/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
