import { isObject } from '../../base/json.ts';
import type { Act } from '../act.ts';
import type { OpenWorld } from '../emulator.ts';
import { parseSpan } from '../span.ts';
import { readBody } from './request.ts';

export type ControlOptions = { open: (key: string) => OpenWorld; worlds: () => Iterable<string> };

type Route = (at: { open: OpenWorld; body: Record<string, unknown>; url: URL }) => unknown | Promise<unknown>;

/** What Paybell adds to Stripe's API, under `/_paybell/`. The world is that of `?key=` or of the Authorization header. */
const ROUTES: Record<string, Route> = {
  'GET /clock': ({ open }) => clockOf(open),
  'POST /clock': async ({ open, body }) => {
    await moveClock(open, body);
    return clockOf(open);
  },
  'POST /act': ({ open, body }) => open.act(body as Act),
  'POST /dashboard': ({ open, body }) => open.dashboard(body),
  'POST /reset': ({ open }) => {
    open.reset();
    return { reset: true };
  },
  'POST /settle': async ({ open }) => {
    await open.queue.idle();
    return { settled: true };
  },
  'GET /deliveries': ({ open, url }) => {
    const limit = Math.min(1000, Number(url.searchParams.get('limit') ?? 100));
    return { data: open.queue.log.slice(-limit).toReversed() };
  },
  'GET /log': ({ open }) => ({
    data: open.world.log.all.map(({ sequence, event, deleted }) => ({ sequence, deleted, event })),
  }),
  'GET /truth': ({ open }) => ({ data: open.world.log.truth() }),
};

const MAX_BODY = 64 * 1024;

export function createControl({ open, worlds }: ControlOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const refused = foreign(request, url);
    if (refused) return json(403, { error: { message: refused } });
    if (url.pathname === '/') return json(200, { paybell: 'emulator', worlds: [...worlds()] });
    const route = ROUTES[`${request.method} ${url.pathname.replace(/^\/_paybell/, '')}`];
    if (!route) return json(404, { error: { message: `No control route ${request.method} ${url.pathname}.` } });
    const key = url.searchParams.get('key') ?? /^Bearer\s+(\S+)/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (!key) return json(400, { error: { message: 'Say which world: ?key=sk_test_….' } });
    try {
      const text = request.body ? await readBody(request.body, MAX_BODY) : '';
      const body: unknown = text ? JSON.parse(text) : {};
      if (!isObject(body)) throw new Error('A JSON object is expected.');
      return json(200, await route({ open: open(key), body, url }));
    } catch (error) {
      return json(400, { error: { message: error instanceof Error ? error.message : String(error) } });
    }
  };
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

/**
 * `{ "freeze": true }` stops the clock and `false` lets it flow again; `{ "advance": "1mo" }` moves it by a span or to what
 * is `next`, `{ "to": 1795305600 }` to a moment. Everything is looked at before anything moves.
 */
async function moveClock({ world, time }: OpenWorld, { freeze, to, advance, ...unknown }: Record<string, unknown>) {
  const { clock } = world;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new Error(`The clock knows no '${name}': use freeze, to or advance.`);
  if (freeze !== undefined && typeof freeze !== 'boolean') throw new Error('freeze is true or false.');
  if (to !== undefined && (!Number.isSafeInteger(to) || (to as number) < clock.now()))
    throw new Error(`to is a moment in Unix seconds, not before ${clock.now()}: time only goes forward.`);
  if (advance !== undefined && (typeof advance !== 'string' || to !== undefined))
    throw new Error('advance is a span such as 1mo, or next, and goes without to.');
  const span = advance === undefined || advance === 'next' ? undefined : parseSpan(advance, clock.now());

  if (freeze === true) clock.freeze();
  if (freeze === false) clock.flow();
  if (advance === 'next') await time.step();
  else if (to !== undefined || span !== undefined) await time.advance((to as number | undefined) ?? span!);
  time.wake();
}

const clockOf = ({ world }: OpenWorld) => ({
  now: world.clock.now(),
  frozen: world.clock.frozen,
  next_due: world.nextDue() ?? null,
});

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
