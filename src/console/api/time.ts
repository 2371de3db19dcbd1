import { Hono } from 'hono';
import { isObject, type JsonObject } from '../../base/json.ts';
import { parseSpan } from '../../emulator/index.ts';
import { bodyOf, textOf, wholeOf } from '../body.ts';
import { customersOf, makeCustomer } from '../customers.ts';
import { dueWords } from '../due-words.ts';
import type { Settings } from '../options.ts';
import { numberIn } from '../query.ts';
import { invalid, Refusal } from '../refusal.ts';
import { stripeClient, type StripeClient } from '../stripe-client.ts';
import type { ChaosState, DeliveryLog, NewCustomer, TimeState } from './types.ts';

const DUE = 50;
/** How far time is moved at once, at most: five years, in seconds. */
const FARTHEST = 5 * 366 * 86_400;
const LARGEST = 99_999_999;

/** The time machine: the clock of the local Stripe's world, what falls due, and what makes things fall due. */
export function timeRoutes({ stripe }: Settings): Hono {
  const app = new Hono().basePath('/time');
  let advancing = false;

  const client = (): StripeClient => {
    const local = stripe();
    if (local) return stripeClient(local);
    throw new Refusal(
      404,
      'no_stripe',
      'There is no local Stripe here: `npx paybell dev` runs one beside the receiver.',
    );
  };

  app.get('/', async (c) => {
    const ask = client();
    const [clock, snapshots, { chaos }, customers] = await Promise.all([
      ask.control('GET', `clock?limit=${DUE}`) as unknown as Promise<Clock>,
      ask.control('GET', 'snapshots'),
      ask.control('GET', 'chaos'),
      customersOf(ask),
    ]);
    return c.json({
      now: clock.now,
      frozen: clock.frozen,
      advancing,
      due: clock.due.map((each) => ({ ...each, what: dueWords(each) })),
      testClocks: clock.test_clocks.map(({ id, now, status, next_due: due }) => ({ id, now, status, due })),
      snapshots: snapshots['data'] as unknown as TimeState['snapshots'],
      chaos: chaos as ChaosState | null,
      customers,
    } satisfies TimeState);
  });

  app.post('/advance', async (c) => {
    const ask = client();
    const body = await bodyOf(c, ['by', 'to', 'next']);
    const { now } = (await ask.control('GET', 'clock?limit=1')) as unknown as Clock;
    const move = moveOf(body, now);
    if (advancing) throw new Refusal(409, 'busy', 'Time is moving already: wait until it has arrived.');
    advancing = true;
    try {
      const { now, events } = await ask.control('POST', 'clock', move);
      return c.json({ now, events });
    } finally {
      advancing = false;
    }
  });

  app.post('/freeze', async (c) => {
    const { frozen } = await bodyOf(c, ['frozen']);
    if (typeof frozen !== 'boolean') throw invalid('frozen is true or false.');
    const clock = await client().control('POST', 'clock', { freeze: frozen });
    return c.json({ now: clock['now'], frozen: clock['frozen'] });
  });

  app.post('/customers', async (c) => c.json(await makeCustomer(client(), newCustomerIn(await bodyOf(c, CUSTOMER)))));

  app.get('/deliveries', async (c) => {
    const { state, type, ...query } = c.req.query();
    const limit = numberIn(query, 'limit', { min: 1, max: 500 }) ?? 100;
    const search = new URLSearchParams({ limit: String(limit), ...(state && { state }), ...(type && { type }) });
    const { data } = (await client().control('GET', `deliveries?${search}`)) as { data: JsonObject[] };
    return c.json({ items: data.map(shownDelivery) } satisfies DeliveryLog);
  });

  app.post('/deliveries/:id/resend', async (c) => {
    const again = await client().control('POST', `deliveries/${encodeURIComponent(c.req.param('id'))}/resend`);
    return c.json(shownDelivery(again));
  });

  app.post('/chaos', async (c) => {
    const { chaos } = await client().control('POST', 'chaos', await bodyOf(c, CHAOS));
    return c.json({ chaos });
  });

  app.post('/snapshots', async (c) => {
    const name = textOf(await bodyOf(c, ['name']), 'name') ?? '';
    return c.json(await client().control('POST', 'snapshots', { name }));
  });
  app.post('/snapshots/:name/restore', async (c) =>
    c.json(await client().control('POST', `snapshots/${encodeURIComponent(c.req.param('name'))}/restore`)),
  );
  app.delete('/snapshots/:name', async (c) =>
    c.json(await client().control('DELETE', `snapshots/${encodeURIComponent(c.req.param('name'))}`)),
  );

  return app;
}

type Clock = Pick<TimeState, 'now' | 'frozen'> & {
  due: Omit<TimeState['due'][number], 'what'>[];
  test_clocks: { id: string; now: number; status: string; next_due: number | null }[];
};

const CUSTOMER = ['name', 'card', 'plan'] satisfies (keyof NewCustomer)[];
const CHAOS = ['duplicate', 'reorder', 'delay', 'drop', 'slow'] satisfies (keyof ChaosState)[];

/** What the clock is told: a year too many would keep this process busy for long. */
function moveOf(body: JsonObject, now: number): object {
  const { by, to, next } = body;
  if (Object.keys(body).length !== 1) throw invalid('Give one of by, to and next.');
  if (next === true) return { advance: 'next' };
  if (next !== undefined) throw invalid('next is true.');
  const target = by === undefined ? to : spanFrom(by, now);
  if (!Number.isSafeInteger(target)) throw invalid('to is a moment in Unix seconds.');
  if ((target as number) > now + FARTHEST) throw invalid('Time is moved by at most five years at once.');
  return { to: target };
}

function spanFrom(by: unknown, now: number): number {
  try {
    return parseSpan(String(by), now);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function newCustomerIn(body: JsonObject): NewCustomer {
  const { card, plan } = body;
  const name = textOf(body, 'name')?.trim() ?? '';
  if (name === '' || name.length > 100) throw invalid('name has 1 to 100 characters.');
  if (card !== 'good' && card !== 'declines_later' && card !== 'needs_authentication')
    throw invalid('card is good, declines_later or needs_authentication.');
  if (plan === undefined || plan === null) return { name, card };
  if (!isObject(plan)) throw invalid('plan has interval, amount and trialDays.');
  const { interval } = plan;
  if (interval !== 'month' && interval !== 'year') throw invalid('interval is month or year.');
  const amount = wholeOf(plan, 'amount', { min: 50, max: LARGEST });
  if (amount === undefined) throw invalid('plan.amount is missing: in minor units of usd.');
  const trialDays = wholeOf(plan, 'trialDays', { min: 0, max: 730 }) ?? 0;
  return { name, card, plan: { interval, amount, trialDays } };
}

type Item = DeliveryLog['items'][number];

function shownDelivery(given: JsonObject): Item {
  const { id, event, type, url, state, nextAt, manual, attempts } = given as unknown as Item;
  const shown = attempts.map(({ at, status, error, ms, answer, chaos, headers }) => {
    return { at, status, error, ms, answer, chaos: chaos ?? null, headers };
  });
  return { id, event, type, url, state, nextAt, manual, attempts: shown };
}
