import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PaybellError } from '../base/errors.ts';

/** A server that is listening. */
export type Listening = AsyncDisposable & { readonly url: string; readonly port: number; close(): Promise<void> };

/** Serves an emulator on a port of this machine; port 0 takes a free one. */
export async function listen(
  { node }: { node(request: IncomingMessage, response: ServerResponse): Promise<void> },
  { port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<Listening> {
  const server = createServer((request, response) => {
    node(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(port, host);
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
      server.closeAllConnections();
    });
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${address.port}`, port: address.port, close, [Symbol.asyncDispose]: close };
}
