import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { PaybellError } from '../base/errors.ts';

/** A server that is listening. */
export type Listening = AsyncDisposable & { readonly url: string; readonly port: number; close(): Promise<void> };

/** Serves anything with a `fetch` on a port of this machine; port 0 takes a free one. */
export async function listen(
  { fetch }: { fetch(request: Request): Promise<Response> },
  { port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<Listening> {
  const server = serve({ fetch, port, hostname: host, overrideGlobalObjects: false });
  await new Promise<void>((listening, failed) => {
    server.once('listening', listening);
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'EADDRINUSE'
          ? new PaybellError('port_taken', `Port ${port} is in use: stop what listens there, or choose another port.`)
          : error,
      ),
    );
  });
  const address = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${address.port}`, port: address.port, close, [Symbol.asyncDispose]: close };
}
