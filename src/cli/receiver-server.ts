import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PaybellError } from '../base/errors.ts';
import { createConsole, type ConsoleOptions } from '../console/index.ts';
import type { Receiver } from '../receiver/index.ts';
import { version } from './version.ts';

export type ReceiverServer = AsyncDisposable & { readonly url: string };

export type ReceiverServerOptions = Omit<ConsoleOptions, 'receiver' | 'addresses' | 'onLoopback' | 'version'> & {
  receiver: Pick<Receiver, 'node' | 'fetch' | 'start' | 'status' | 'vitals' | 'replay' | 'close'>;
  path: string;
  host: string;
  port: number;
  /** How long closing waits for what is under way, in milliseconds: 10 s by default. */
  grace?: number;
  /** Shown in the console; the receiver adds its own. */
  addresses?: Record<string, string>;
};

const SWEEP = 20;

/** Whether only programs on this machine reach an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

/** Serves a receiver: its webhook path straight from the socket, everything else by the console. */
export async function serveReceiver(options: ReceiverServerOptions): Promise<ReceiverServer> {
  const { receiver, path, host, port, grace = 10_000, addresses = {} } = options;
  const bare = path.replace(/\/$/, '');
  const console = createConsole({ ...options, addresses, onLoopback: isLoopback(host), version: version() });
  const page = getRequestListener(console.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    const at = request.url!.split('?')[0]!.replace(/\/$/, '');
    // What is signed is a delivery, wherever it comes: the receiver says that it came to the wrong path.
    if (at === bare || 'stripe-signature' in request.headers) void receiver.node(request, response);
    else void page(request, response);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'EADDRINUSE'
          ? new PaybellError('port_taken', `Port ${port} is in use: stop what listens there, or choose another port.`)
          : error,
      ),
    );
    server.listen(port, host, listening);
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  addresses['Receiver'] = `${url}${path}`;
  await receiver.start();
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      console.close();
      // Connections that are kept alive become idle with their last answer, which may still be under way.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP);
      const late = setTimeout(() => server.closeAllConnections(), grace);
      await Promise.all([receiver.close({ grace }), closed]);
      clearInterval(sweep);
      clearTimeout(late);
    },
  };
}
