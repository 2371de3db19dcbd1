import { isObject } from '../../../base/json.ts';
import type { OpenWorld } from '../../open-world.ts';
import { readBody } from '../request.ts';
import { clockRoutes } from './clock.ts';
import { deliveryRoutes } from './deliveries.ts';
import type { ControlRoutes } from './route.ts';
import { snapshotRoutes } from './snapshots.ts';
import { worldRoutes } from './world.ts';

export type ControlOptions = { open: (key: string) => OpenWorld; worlds: () => Iterable<string> };

/** What Paybell adds to Stripe's API, under `/_paybell/`. The world is that of `?key=` or of the Authorization header. */
const ROUTES: ControlRoutes = { ...clockRoutes, ...deliveryRoutes, ...snapshotRoutes, ...worldRoutes };

const MAX_BODY = 64 * 1024;

export function createControl({ open, worlds }: ControlOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const refused = foreign(request, url);
    if (refused) return json(403, { error: { message: refused } });
    if (url.pathname === '/') return json(200, { paybell: 'emulator', worlds: [...worlds()] });
    const found = find(request.method, url.pathname.replace(/^\/_paybell/, ''));
    if (!found) return json(404, { error: { message: `No control route ${request.method} ${url.pathname}.` } });
    const key = url.searchParams.get('key') ?? /^Bearer\s+(\S+)/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (!key) return json(400, { error: { message: 'Say which world: ?key=sk_test_….' } });
    try {
      const text = request.body ? await readBody(request.body, MAX_BODY) : '';
      const body: unknown = text ? JSON.parse(text) : {};
      if (!isObject(body)) throw new Error('A JSON object is expected.');
      return json(200, await found.route({ open: open(key), body, url, path: found.path }));
    } catch (error) {
      return json(400, { error: { message: error instanceof Error ? error.message : String(error) } });
    }
  };
}

function find(method: string, path: string) {
  const given = path.split('/');
  for (const [name, route] of Object.entries(ROUTES)) {
    const wanted = name.slice(name.indexOf(' ') + 1).split('/');
    if (!name.startsWith(`${method} `) || wanted.length !== given.length) continue;
    if (!wanted.every((part, i) => part === ':' || part === given[i])) continue;
    return { route, path: given.filter((_, i) => wanted[i] === ':').map(decodeURIComponent) };
  }
  return undefined;
}

/**
 * A web page must not steer the emulator: a page on another origin says so in Origin, and one that pointed its own name
 * at 127.0.0.1 shows in Host. Programs send neither.
 */
function foreign(request: Request, url: URL): string | undefined {
  const host = request.headers.get('host') ?? url.host;
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (!['127.0.0.1', 'localhost', '::1'].includes(name)) return `Host ${host} is not this machine.`;
  const origin = request.headers.get('origin');
  if (origin && !/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(origin))
    return `Origin ${origin} may not steer the emulator.`;
  return undefined;
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
