import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { NOW, start } from './sdk.ts';
import { dump, refusal } from './worlds.ts';

const DAY = 24 * 60 * 60;
const once = { idempotencyKey: 'order-6735' };
const charge = { amount: 1000, currency: 'usd', source: 'tok_visa' };

test('the same request again gets the same answer, and nothing happens twice', async () => {
  const { stripe, ...open } = start();
  const first = await stripe.charges.create(charge, once);
  const before = dump(open);
  const second = await stripe.charges.create(charge, once);
  expect(second).toEqual(first);
  expect(headersOf(second)).toMatchObject({
    'idempotent-replayed': 'true',
    'idempotency-key': once.idempotencyKey,
    'original-request': first.lastResponse.requestId,
  });
  expect(headersOf(first)).not.toHaveProperty('idempotent-replayed');
  expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  expect(dump(open)).toBe(before);
});

test.each([
  ['other parameters', (stripe: Stripe) => stripe.charges.create({ ...charge, amount: 2000 }, once)],
  ['another call', (stripe: Stripe) => stripe.customers.create({}, once)],
])('the same key with %s is an idempotency error', async (_, call) => {
  const { stripe, ...open } = start();
  await stripe.charges.create(charge, once);
  const before = dump(open);
  const error = await refusal(call(stripe));
  expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  expect(error.statusCode).toBe(400);
  expect(error.message).toContain(`Try using a key other than '${once.idempotencyKey}'`);
  expect(dump(open)).toBe(before);
});

test('a decline is replayed too: the same 402, and no second charge', async () => {
  const { stripe, world } = start();
  const declined = { ...charge, source: 'tok_chargeDeclinedInsufficientFunds' };
  const first = await refusal(stripe.charges.create(declined, once));
  const second = await refusal(stripe.charges.create(declined, once));
  expect(first).toBeInstanceOf(Stripe.errors.StripeCardError);
  expect(second.raw).toMatchObject({
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    charge: first.raw['charge'],
    message: first.raw['message'],
  });
  expect(second.statusCode).toBe(402);
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect((await stripe.charges.list()).data.map(({ id }) => id)).toEqual([first.raw['charge']]);
  expect(world.log.all.map(({ event }) => event.type)).toEqual(['charge.failed']);
});

test('a request that validation refused is not remembered: corrected, it goes through', async () => {
  const { stripe } = start();
  await refusal(stripe.charges.create({ ...charge, amuont: 1 } as never, once));
  await refusal(stripe.charges.create({ ...charge, source: 'tok_none' }, once));
  expect((await stripe.charges.create(charge, once)).status).toBe('succeeded');
});

test('keys are kept for 24 hours of the world’s time', async () => {
  const { stripe, time } = start();
  const first = await stripe.charges.create(charge, once);
  await time.advance(NOW + DAY - 1);
  expect((await stripe.charges.create(charge, once)).id).toBe(first.id);
  await time.advance(NOW + DAY);
  const second = await stripe.charges.create(charge, once);
  expect(second.id).not.toBe(first.id);
  // And the second one is remembered in its turn.
  await time.advance(NOW + 2 * DAY - 1);
  expect((await stripe.charges.create(charge, once)).id).toBe(second.id);
});

test('a GET has no use for a key', async () => {
  const { stripe } = start();
  const { id } = await stripe.customers.create({ name: 'a' });
  await stripe.customers.retrieve(id, {}, once);
  await stripe.customers.update(id, { name: 'b' });
  const again = await stripe.customers.retrieve(id, {}, once);
  expect(again).toMatchObject({ name: 'b' });
});

test('a reset forgets them', async () => {
  const { stripe, reset } = start();
  const first = await stripe.charges.create(charge, once);
  reset();
  expect((await stripe.charges.create(charge, once)).id).not.toBe(first.id);
});

const headersOf = ({ lastResponse: { headers } }: { lastResponse: { headers: unknown } }) =>
  Object.fromEntries(headers as Headers);
