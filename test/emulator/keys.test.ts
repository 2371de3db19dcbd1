import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { send } from './http.ts';
import { sdkFor, start } from './sdk.ts';
import { refusal } from './worlds.ts';

test('a key goes as Bearer or as the user of Basic', async () => {
  const { emulator } = start();
  const basic = `Basic ${Buffer.from('sk_test_world:').toString('base64')}`;
  expect((await send(emulator, 'GET', '/v1/balance')).status).toBe(200);
  expect((await send(emulator, 'GET', '/v1/balance', { key: null, headers: { authorization: basic } })).status).toBe(
    200,
  );
});

test.each([
  ['none', null],
  ['an empty one', 'Bearer '],
  ['another scheme', 'Digest sk_test_world'],
])('%s: 401, and the SDK throws its authentication error', async (_, authorization) => {
  const { emulator } = start();
  const { status, error } = await send(emulator, 'GET', '/v1/balance', {
    key: null,
    headers: authorization === null ? {} : { authorization },
  });
  expect(status).toBe(401);
  expect(error['type']).toBe('invalid_request_error');
  expect(error['message']).toContain('did not provide an API key');
});

test('a malformed key is refused and not repeated whole', async () => {
  const { emulator } = start();
  const error = await refusal(sdkFor(emulator, 'whatever_1234567890').balance.retrieve());
  expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  expect(JSON.stringify(error.raw)).not.toContain('whatever_1234567890');
});

test.each(['sk_live_51AbCdEfGhIjKl', 'rk_live_51AbCdEfGhIjKl', 'pk_live_51AbCdEfGhIjKl'])(
  'a live key (%s) is refused, never echoed, and makes no world',
  async (key) => {
    const { emulator } = start();
    const error = await refusal(sdkFor(emulator, key).customers.create({}));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error.code).toBe('paybell_live_key');
    expect(JSON.stringify(error.raw)).not.toContain(key.slice(8));
    const root = await send(emulator, 'GET', '/', { key: null });
    expect(root.body['worlds']).toEqual(['world']);
    expect(() => emulator.open(key)).toThrow(/live key/);
  },
);

test('sk, rk and pk of one name share one world; another name is another world', async () => {
  const { emulator, stripe } = start();
  const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
  for (const key of ['rk_test_world', 'pk_test_world'])
    expect((await sdkFor(emulator, key).paymentIntents.retrieve(id)).id).toBe(id);
  const error = await refusal(sdkFor(emulator, 'sk_test_other').paymentIntents.retrieve(id));
  expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' });
});

test('a publishable key may do what a browser does, and nothing else', async () => {
  const { emulator, world } = start();
  const browser = sdkFor(emulator, 'pk_test_world');
  const card = { number: '4242424242424242', exp_month: '12', exp_year: '2030', cvc: '123' };
  expect((await browser.tokens.create({ card })).object).toBe('token');
  expect((await browser.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })).object).toBe(
    'payment_method',
  );
  const before = world.log.all.length;
  for (const call of [
    () => browser.customers.create({}),
    () => browser.charges.list(),
    () => browser.events.list(),
    () => browser.refunds.create({ charge: 'ch_1' }),
    () => browser.balance.retrieve(),
  ])
    expect(await refusal(call())).toMatchObject({ statusCode: 403, code: 'secret_key_required' });
  expect(world.log.all.length).toBe(before);
});
