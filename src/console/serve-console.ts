import { systemClock, type Clock } from '../base/clock.ts';
import type { Receiver } from '../receiver/index.ts';
import type { Store } from '../store/store.ts';
import type { Latencies } from './latencies.ts';
import { createMetrics } from './metrics.ts';
import { statusPage, type Status } from './status-page.ts';

export type ConsoleOptions = {
  receiver: Pick<Receiver, 'status'>;
  store: Store;
  addresses: Record<string, string>;
  clock?: Clock;
  latencies?: Latencies;
};

const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** How long the store may take to answer before this process counts as not ready, in milliseconds. */
const READY_WITHIN = 2_000;

/**
 * The receiver's other paths. `/healthz`, `/readyz` and `/metrics` say numbers and answer anybody who can reach them;
 * `/` and `/status.json` show events, and answer this machine alone. All of them only read.
 */
export function createConsole(options: ConsoleOptions): (request: Request) => Promise<Response> {
  const { store, addresses, clock = systemClock } = options;
  const metrics = createMetrics({ ...options, clock });

  return async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'There is nothing to send here.');
    switch (url.pathname) {
      case '/healthz':
        return plain(200, 'alive');
      case '/readyz':
        return (await ready()) ? plain(200, 'ready') : plain(503, 'The store does not answer.');
      case '/metrics': {
        const { type, text } = await metrics();
        return new Response(text, { headers: { ...HEADERS, 'content-type': type } });
      }
    }
    if (!isThisMachine(request.headers.get('host') ?? url.host))
      return plain(403, 'This page is for this machine only.');
    if (url.pathname === '/status.json') {
      const { addresses: _, ...status } = await read();
      return new Response(JSON.stringify(status), { headers: { ...HEADERS, 'content-type': 'application/json' } });
    }
    if (url.pathname !== '/') return plain(404, `There is nothing at ${url.pathname}.`);
    return new Response(statusPage(await read()), {
      headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
    });
  };

  async function ready(): Promise<boolean> {
    const asked = store.counts().then(
      () => true,
      () => false,
    );
    return Promise.race([asked, new Promise<false>((late) => clock.after(READY_WITHIN, () => late(false)))]);
  }

  async function read(): Promise<Status> {
    const [counts, { items }] = await Promise.all([store.counts(), store.listEvents({ limit: 25 })]);
    return { addresses, counts, events: items };
  }
}

// A page on another site that points its own name at 127.0.0.1 shows itself by its Host.
const isThisMachine = (host: string) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);

const plain = (status: number, text: string) =>
  new Response(`${text}\n`, { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });
