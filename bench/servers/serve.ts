import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves a listener until it is told to stop, and answers the bench's questions meanwhile. */
export function serve(
  listener: RequestListener,
  answers: Record<string, () => unknown> = {},
  stop?: () => Promise<void>,
) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
  process.on('message', async ({ ask }: { ask: string }) => {
    const answer = ask === 'memory' ? process.memoryUsage().rss : await answers[ask]?.();
    process.send!({ answer: answer ?? null });
  });
  process.on('SIGTERM', async () => {
    server.close();
    server.closeAllConnections();
    await stop?.();
    process.exit(0);
  });
}
