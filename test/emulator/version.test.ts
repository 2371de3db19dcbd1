import { expect, test } from 'vitest';
import { API_VERSIONS, NEWEST_VERSION } from '../../src/stripe/versions/index.ts';
import { send } from './http.ts';
import { sdkFor, start } from './sdk.ts';
import { dump, refusal } from './worlds.ts';

const at = (version: string) => ({ headers: { 'stripe-version': version } });

test('an answer names the version it is in, the newest when none was asked for', async () => {
  const { emulator } = start();
  expect((await send(emulator, 'GET', '/v1/balance')).headers.get('stripe-version')).toBe(NEWEST_VERSION);
  for (const version of API_VERSIONS)
    expect((await send(emulator, 'GET', '/v1/balance', at(version))).headers.get('stripe-version')).toBe(version);
});

test('a version that does not exist is refused', async () => {
  const { emulator, stripe: _, ...open } = start();
  const before = dump(open);
  const { status, error } = await send(emulator, 'POST', '/v1/customers', { body: '', ...at('2031-01-01') });
  expect(status).toBe(400);
  expect(error['message']).toContain('Invalid Stripe API version: 2031-01-01');
  expect(dump(open)).toBe(before);
});

test('an old version gets old shapes, expanded objects and lists included', async () => {
  const { emulator, stripe } = start();
  const { id } = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa' });
  const shown = async (version: string, path: string) => (await send(emulator, 'GET', path, at(version))).body;
  expect(await shown('2024-06-20', `/v1/charges/${id}`)).toHaveProperty('invoice', null);
  expect(await shown('2025-03-31.basil', `/v1/charges/${id}`)).not.toHaveProperty('invoice');
  expect(await shown('2024-06-20', '/v1/charges')).toHaveProperty('data.0.invoice', null);
  expect(await shown(NEWEST_VERSION, '/v1/charges')).not.toHaveProperty('data.0.invoice');
  const refund = await stripe.refunds.create({ charge: id });
  const path = `/v1/refunds/${refund.id}?expand[]=charge`;
  expect(await shown('2024-06-20', path)).toHaveProperty('charge.invoice', null);
  expect(await shown(NEWEST_VERSION, path)).not.toHaveProperty('charge.invoice');
});

test('an old version takes old parameters; a version without them refuses, unless none was named', async () => {
  const { emulator } = start();
  const body = 'amount=1000&currency=usd&payment_method_types[]=card';
  const post = (version?: string) =>
    send(emulator, 'POST', '/v1/payment_intents', { body, ...(version ? at(version) : {}) });
  expect((await post('2026-08-26.dahlia')).body).toMatchObject({ payment_method_types: ['card'] });
  expect((await post()).body).toMatchObject({ payment_method_types: ['card'] });
  const refused = await post(NEWEST_VERSION);
  expect(refused.status).toBe(400);
  expect(refused.error).toMatchObject({
    type: 'invalid_request_error',
    code: 'payment_method_types_no_longer_supported',
    param: 'payment_method_types',
  });
});

test('the SDK names its own version, so a retired parameter is refused there too', async () => {
  const { emulator, stripe } = start();
  const retired = { amount: 1000, currency: 'usd', payment_method_types: ['card'] };
  expect(await refusal(stripe.paymentIntents.create(retired))).toMatchObject({ param: 'payment_method_types' });
  const older = sdkFor(emulator, 'sk_test_world', { apiVersion: '2025-08-27.basil' as never });
  expect((await older.paymentIntents.create(retired)).payment_method_types).toEqual(['card']);
});
