import { expect, test } from 'vitest';
import { sdkFor, start } from './sdk.ts';
import { refusal } from './worlds.ts';

test('an account that does not exist is refused, whatever is asked', async () => {
  const { stripe, world } = start();
  const error = await refusal(stripe.customers.create({}, { stripeAccount: 'acct_none' }));
  expect(error).toMatchObject({ statusCode: 403, code: 'account_invalid' });
  expect(world.log.all).toEqual([]);
});

test('a key that happens to be named like an account gives no access to one', async () => {
  const { emulator } = start();
  const stripe = sdkFor(emulator, 'sk_test_acct_1');
  expect(await refusal(stripe.balance.retrieve({}, { stripeAccount: 'acct_1' }))).toMatchObject({
    code: 'account_invalid',
  });
});

test('objects and events of a connected account are its own', async () => {
  const { stripe, world } = start();
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'express', country: 'US' });
  expect(stripeAccount).toMatch(/^acct_\w{16}$/);
  const theirs = await stripe.customers.create({ name: 'Theirs' }, { stripeAccount });
  const ours = await stripe.customers.create({ name: 'Ours' });
  expect(theirs.lastResponse.stripeAccount).toBe(stripeAccount);

  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([ours.id]);
  expect((await stripe.customers.list({}, { stripeAccount })).data.map(({ id }) => id)).toEqual([theirs.id]);
  expect(await refusal(stripe.customers.retrieve(theirs.id))).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.customers.retrieve(ours.id, {}, { stripeAccount }))).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.charges.create({ amount: 100, currency: 'usd', customer: theirs.id }))).toMatchObject({
    code: 'resource_missing',
    param: 'customer',
  });

  const event = world.log.all.find(({ event }) => event.type === 'customer.created' && event.account)!.event;
  expect(event.account).toBe(stripeAccount);
  const listed = await stripe.events.list({ type: 'customer.*' }, { stripeAccount });
  expect(listed.data.map(({ id, account }) => ({ id, account }))).toEqual([{ id: event.id, account: stripeAccount }]);
  const own = await stripe.events.list({ type: 'customer.*' });
  expect(own.data.map((each) => [each.account, (each.data.object as { id: string }).id])).toEqual([
    [undefined, ours.id],
  ]);
  expect(await refusal(stripe.events.retrieve(event.id))).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.events.list({ starting_after: event.id }))).toMatchObject({ code: 'resource_missing' });
});

test('each account has a balance of its own', async () => {
  const { stripe } = start();
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'custom' });
  await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa' }, { stripeAccount });
  expect((await stripe.balance.retrieve()).pending[0]!.amount).toBe(0);
  expect((await stripe.balance.retrieve({}, { stripeAccount })).pending[0]!.amount).toBe(1000 - 59);
});

test('an idempotency key of one account is not that of another', async () => {
  const { stripe } = start();
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'express' });
  const first = await stripe.customers.create({ name: 'x' }, { idempotencyKey: 'one' });
  const second = await stripe.customers.create({ name: 'x' }, { idempotencyKey: 'one', stripeAccount });
  expect(second.id).not.toBe(first.id);
});

test('a deleted account can no longer be used', async () => {
  const { stripe } = start();
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'express' });
  await stripe.customers.create({}, { stripeAccount });
  await stripe.accounts.del(stripeAccount);
  expect(await refusal(stripe.customers.create({}, { stripeAccount }))).toMatchObject({ code: 'account_invalid' });
});
