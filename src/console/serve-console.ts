import { systemClock } from '../base/clock.ts';
import { createActivity } from './activity.ts';
import { createApi } from './app.ts';
import { createAssets } from './assets.ts';
import { createGuard } from './guard.ts';
import { inTime } from './in-time.ts';
import { PLAIN_HEADERS, plain } from './headers.ts';
import { createMetrics } from './metrics.ts';
import type { ConsoleOptions, Settings } from './options.ts';
import { statusPage } from './status-page.ts';

export type { ConsoleOptions, LocalStripe } from './options.ts';

/** The console: what answers, and what ends the connections that would stay open. */
export type Console = { fetch(request: Request): Promise<Response>; close(): void };

/**
 * The receiver's other paths. `/healthz`, `/readyz` and `/metrics` say numbers and answer anybody who can reach them;
 * the web app and `/api/` show events and steer, and are behind a guard.
 */
export function createConsole(options: ConsoleOptions): Console {
  const closing = new AbortController();
  const settings: Settings = {
    closing: closing.signal,
    clock: systemClock,
    activity: createActivity(),
    stripe: () => undefined,
    readOnly: false,
    onLoopback: true,
    version: '',
    onProblem: () => {},
    ...options,
  };
  const { receiver, store, clock, token } = settings;
  const metrics = createMetrics(settings);
  const guard = createGuard({ ...settings, token });
  const assets = createAssets(settings.webFolder);
  const api = createApi(settings);

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      return (await health(pathname, request.method)) ?? guard(request) ?? (await behindGuard(request, pathname));
    },
    close: () => closing.abort(),
  };

  async function health(path: string, method: string): Promise<Response | undefined> {
    if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics') return undefined;
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'There is nothing to send here.', { allow: 'GET' });
    if (path === '/healthz') return plain(200, 'alive');
    if (path === '/readyz') return (await ready()) ? plain(200, 'ready') : plain(503, 'The store does not answer.');
    const { type, text } = await metrics();
    return new Response(text, { headers: { ...PLAIN_HEADERS, 'content-type': type } });
  }

  async function behindGuard(request: Request, path: string): Promise<Response> {
    if (path.startsWith('/api/')) return api(request);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(405, 'There is nothing to send here.', { allow: 'GET' });
    if (path === '/status.json') {
      const { addresses: _, ...status } = await read();
      return Response.json(status, { headers: PLAIN_HEADERS });
    }
    const asset = assets.answer(request);
    if (asset) return asset;
    if (path !== '/' || assets.built) return plain(404, `There is nothing at ${path}.`);
    return new Response(statusPage(await read()), {
      headers: { ...PLAIN_HEADERS, 'content-type': 'text/html; charset=utf-8' },
    });
  }

  async function ready(): Promise<boolean> {
    const answered = store.nextDue().then(() => true);
    return (await inTime(answered, clock)) === true;
  }

  async function read() {
    const [{ store: counts }, { items }] = await Promise.all([
      receiver.status(),
      store.listEvents({ limit: 25, copies: false }),
    ]);
    return { addresses: settings.addresses, counts, events: items };
  }
}
