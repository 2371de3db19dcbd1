import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { schema, type Field, type Operation } from '../../src/stripe/schema.ts';
import { send } from './http.ts';
import { runs, SEEDS } from './property.ts';
import { start } from './sdk.ts';
import { dump } from './worlds.ts';

/** A world with something of most kinds, and the ids in it. */
async function settled() {
  const open = start();
  const { stripe } = open;
  const customer = await stripe.customers.create({ source: 'tok_visa', email: 'jenny.rosen@example.com' });
  const charge = await stripe.charges.create({ amount: 2000, currency: 'usd', customer: customer.id });
  await stripe.refunds.create({ charge: charge.id, amount: 100 });
  await stripe.paymentIntents.create({ amount: 700, currency: 'usd', payment_method: 'pm_card_visa' });
  await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_createDispute' });
  const { id: price } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });
  await stripe.coupons.create({ percent_off: 25, duration: 'once' });
  await stripe.invoiceItems.create({ customer: customer.id, amount: 300, currency: 'usd' });
  await stripe.invoices.create({ customer: customer.id });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_700_000_000 });
  await stripe.customers.create({ test_clock: clock.id });
  await open.settled();
  const ids = new Map<string, string[]>();
  for (const { object, table } of open.world.tables.all())
    ids.set(
      object,
      Array.from(table.rows(), ({ id }) => id),
    );
  return { ...open, ids };
}

/** A call that may or may not make sense: any operation, real and unreal ids, parameters of the right and the wrong kind. */
type Wild = { operation: Operation; picks: number[]; params: { name: number; value: number }[]; key: boolean };

const CHANGING = schema().operations.filter(({ method }) => method !== 'GET');
// Half of them where there is most to go wrong.
const BILLING =
  /^(charges|coupons|customers|invoice\w*|paymentIntents|prices|products|refunds|subscription\w*|testHelpers\.testClocks)\./;

const wild: fc.Arbitrary<Wild> = fc.record({
  operation: fc.oneof(
    fc.constantFrom(...CHANGING),
    fc.constantFrom(...CHANGING.filter(({ name }) => BILLING.test(name))),
  ),
  picks: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
  params: fc.array(fc.record({ name: fc.nat(), value: fc.nat() }), { maxLength: 5 }),
  key: fc.boolean(),
});

type Ids = Map<string, string[]>;

const WORDS = ['', '-5', '2000', 'true', 'x', 'usd', 'tok_visa', 'tok_chargeDeclined', 'pm_card_chargeDeclined'];

/** Mostly something that fits a parameter, if it is simple; sometimes something that does not. */
function valueFor(name: string, field: Field | undefined, n: number, ids: Ids): string {
  if (n % 6 === 0 || !field) return WORDS[n % WORDS.length]!;
  const named = ids.get(name);
  if (named?.length) return named[n % named.length]!;
  if (field.kind === 'enum') return String(field.values[n % field.values.length]);
  if (field.kind === 'boolean') return n % 2 ? 'true' : 'false';
  if (field.kind === 'integer' || field.kind === 'number') return String(1 + (n % 3000));
  return name === 'currency' ? 'usd' : name === 'source' ? WORDS[6 + (n % 2)]! : WORDS[n % WORDS.length]!;
}

function asRequest({ operation, picks, params }: Wild, ids: Ids) {
  const segments = operation.path.split('/').map((segment, i, all) => {
    if (!segment.startsWith('{')) return segment;
    const pick = picks[i % picks.length]!;
    const kind = ids.get(all[i - 1]!.replace(/ies$/, 'y').replace(/s$/, ''));
    return pick % 5 && kind?.length ? kind[pick % kind.length]! : 'none_1';
  });
  const names = Object.keys(operation.params);
  const needed = names
    .filter((name) => !operation.params[name]!.optional)
    .map((_, i) => ({ name: i, value: picks[i % 4]! }));
  const form = [...(picks[0]! % 4 ? needed : []), ...params].map(({ name, value }) => {
    const of = value % 9 === 0 ? 'unknown_param' : (names[name % names.length] ?? 'unknown_param');
    const field = operation.params[of];
    const at =
      field?.kind === 'object'
        ? `${of}[${Object.keys(field.fields)[0] ?? 'x'}]`
        : field?.kind === 'array'
          ? `${of}[0]`
          : of;
    return `${at}=${encodeURIComponent(valueFor(of, field, value, ids))}`;
  });
  return { path: segments.join('/'), body: form.join('&') };
}

test.each(SEEDS)('what is refused changes nothing and tells nothing, whatever it is (seed %i)', async (seed) => {
  const tally = { done: 0, refused: 0, declined: 0 };
  const open = await settled();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(wild, async (call) => {
      const { path, body } = asRequest(call, open.ids);
      const headers: Record<string, string> = call.key ? { 'idempotency-key': `key ${number++}` } : {};
      const { method } = call.operation;
      const ask = () =>
        send(open.emulator, method, method === 'DELETE' && body ? `${path}?${body}` : path, {
          headers,
          ...(method === 'POST' && { body }),
        });
      const before = dump(open);
      const { status, error } = await ask();
      await open.settled();
      // Everything is refused by a rule: nothing breaks, whatever comes.
      expect({ status, message: error['message'] }).not.toMatchObject({ status: 500 });
      if (status < 300) return void tally.done++;
      if (status !== 402) {
        tally.refused++;
        expect(dump(open) === before, `${method} ${path} ${body} (${status}) left traces`).toBe(true);
        return;
      }
      tally.declined++;
      if (!call.key) return;
      const after = dump(open);
      const again = await ask();
      expect([again.status, again.error]).toEqual([402, error]);
      expect(dump(open) === after).toBe(true);
    }),
    { seed, numRuns: runs(600) },
  );
  expect(tally.done).toBeGreaterThan(10);
  expect(tally.refused).toBeGreaterThan(100);
});
