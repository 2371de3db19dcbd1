import type { Store } from '../store/store.ts';
import { statusPage, type Status } from './status-page.ts';

export type ConsoleOptions = { store: Store; addresses: Record<string, string> };

const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The receiver's other paths: `/` as a page, `/status.json` for machines. Both only read, and only for this machine. */
export function createConsole({ store, addresses }: ConsoleOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (!isThisMachine(request.headers.get('host') ?? url.host))
      return plain(403, 'This page is for this machine only.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'There is nothing to send here.');
    if (url.pathname === '/status.json') {
      const { addresses: _, ...status } = await read();
      return new Response(JSON.stringify(status), { headers: { ...HEADERS, 'content-type': 'application/json' } });
    }
    if (url.pathname !== '/') return plain(404, `There is nothing at ${url.pathname}.`);
    return new Response(statusPage(await read()), {
      headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
    });
  };

  async function read(): Promise<Status> {
    const [counts, { items }] = await Promise.all([store.counts(), store.listEvents({ limit: 25 })]);
    return { addresses, counts, events: items };
  }
}

// A page on another site that points its own name at 127.0.0.1 shows itself by its Host.
const isThisMachine = (host: string) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);

const plain = (status: number, text: string) =>
  new Response(`${text}\n`, { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });
