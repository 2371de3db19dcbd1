import { expect, test } from 'vitest';
import { disagreements, twelveMonths } from '../../../bench/twelve-months.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { WebhookTarget } from '../../../src/emulator/index.ts';
import { createReceiver } from '../../../src/receiver/index.ts';
import { compareMirror } from '../../../src/scenarios/receive.ts';
import { createSqliteStore } from '../../../src/store/sqlite/index.ts';

const SECRET = 'whsec_twelvemonths000000000000000000000';
const SUBSCRIPTIONS = process.env['PAYBELL_DEEP'] ? 1000 : 100;

/** A year with every answer and event checked against its shape, and every month's sums against each other. */
async function year(to: Pick<WebhookTarget, 'send' | 'receiver'>, count: number) {
  const url = 'http://127.0.0.1:4242/payments/webhook/';
  const paid: number[] = [];
  const open = await twelveMonths(
    count,
    { check: true, freeze: true, webhooks: [{ url, secret: SECRET, ...to }] },
    {
      advance: (move) => move(),
      month(sums) {
        expect(disagreements(sums)).toEqual([]);
        paid.push(sums.invoices);
      },
    },
  );
  return { ...open, paid };
}

test(`twelve months of ${SUBSCRIPTIONS} subscriptions: every sum agrees in every month, and a receiver has seen it all`, async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const { paid, world } = await year({ receiver }, SUBSCRIPTIONS);
  expect(paid).toHaveLength(12);
  expect(paid).toEqual(paid.toSorted((a, b) => a - b));
  await receiver.drain();
  const { differences } = await compareMirror(store, world.log.truth());
  expect(differences.slice(0, 5)).toEqual([]);
  const types = new Set(world.log.all.map(({ event }) => event.type));
  for (const type of [
    'customer.discount.deleted',
    'customer.subscription.deleted',
    'customer.subscription.trial_will_end',
    'invoice.payment_failed',
    'invoiceitem.created',
  ])
    expect(types).toContain(type);
}, 120_000);

test('the same seed gives the same year, whoever listens', async () => {
  const told = async (to: Parameters<typeof year>[0]) => {
    const { world } = await year(to, 20);
    // The SDK makes up its idempotency keys; everything else repeats.
    return world.log.all.map(({ event: { request, ...event } }) => ({
      ...event,
      request: (request as JsonObject)['id']!,
    }));
  };
  // The clock waits for the answers of one of them at each moment, and runs ahead of the other's.
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  expect(await told({ receiver })).toEqual(await told({ send: async () => new Response('ok') }));
});

test('sums that are off are named', () => {
  const sums = {
    invoices: 100,
    charges: 90,
    refunds: 10,
    books: 80,
    net: 70,
    fees: 5,
    balances: 1,
    moves: 2,
    wrong: ['in_1'],
  };
  expect(disagreements(sums)).toHaveLength(4);
  const right = { ...sums, charges: 100, books: 90, net: 85, moves: 1, wrong: [] };
  expect(disagreements(right)).toEqual([]);
});
