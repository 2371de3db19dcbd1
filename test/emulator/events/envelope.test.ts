import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { NEWEST_VERSION } from '../../../src/stripe/versions/index.ts';
import { send } from '../http.ts';
import { NOW, start } from '../sdk.ts';
import { refusal } from '../worlds.ts';

type Open = ReturnType<typeof start>;
const last = ({ world }: Open) => world.log.all.at(-1)!.event;
const previous = (open: Open) => (last(open)['data'] as JsonObject)['previous_attributes'];

test('an event has the whole envelope, and nothing else', async () => {
  const open = start();
  const customer = await open.stripe.customers.create({});
  expect(last(open)).toEqual({
    id: expect.stringMatching(/^evt_1\w{23}$/),
    object: 'event',
    api_version: NEWEST_VERSION,
    created: NOW,
    data: { object: JSON.parse(JSON.stringify(customer)) },
    livemode: false,
    pending_webhooks: 0,
    // The SDK makes a key for each call that has none.
    request: { id: customer.lastResponse.requestId, idempotency_key: expect.stringMatching(/^stripe-node-retry-/) },
    type: 'customer.created',
  });
});

describe('request', () => {
  test('all events of one call name it, and its idempotency key', async () => {
    const { stripe, world } = start();
    const options = { idempotencyKey: 'order-1' };
    const intent = await stripe.paymentIntents.create(
      { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
      options,
    );
    expect(world.log.all.map(({ event }) => event['request'])).toEqual(
      world.log.all.map(() => ({ id: intent.lastResponse.requestId, idempotency_key: 'order-1' })),
    );
    expect(world.log.all).toHaveLength(3);
  });

  test('a declined call is named as well', async () => {
    const open = start();
    const { requestId } = await refusal(
      open.stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_chargeDeclined' }),
    );
    expect(last(open)['request']).toMatchObject({ id: requestId });
  });

  test('a call without a key leaves it null', async () => {
    const open = start();
    const { headers } = await send(open.emulator, 'POST', '/v1/customers', { body: '' });
    expect(last(open)['request']).toEqual({ id: headers.get('request-id'), idempotency_key: null });
  });

  test('what time brings about names none', async () => {
    const open = start();
    await open.stripe.charges.create(
      { amount: 1000, currency: 'usd', source: 'tok_createDispute' },
      { idempotencyKey: 'x' },
    );
    await open.time.advance(NOW + 60);
    const automatic = open.world.log.all.slice(1).map(({ event }) => event['request']);
    expect(automatic).toEqual(automatic.map(() => ({ id: null, idempotency_key: null })));
    expect(automatic.length).toBeGreaterThanOrEqual(2);
  });
});

describe('previous_attributes', () => {
  test('only what changed, with what it was', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({ name: 'Jenny', email: 'jenny@example.com' });
    expect((last(open)['data'] as JsonObject)['previous_attributes']).toBeUndefined();
    await open.stripe.customers.update(id, { name: 'Rosen', email: 'jenny@example.com' });
    expect(previous(open)).toEqual({ name: 'Jenny' });
    await open.stripe.customers.update(id, { description: 'x' });
    expect(previous(open)).toEqual({ description: null });
  });

  test('of a hash only the part that changed; of one that was not there, null', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({});
    const address = { line1: '1 Main Street', city: 'Springfield', country: 'US' };
    await open.stripe.customers.update(id, { address });
    expect(previous(open)).toEqual({ address: null });
    await open.stripe.customers.update(id, { address: { ...address, city: 'Shelbyville' } });
    expect(previous(open)).toEqual({ address: { city: 'Springfield' } });
    await open.stripe.customers.update(id, { address: '' });
    expect(previous(open)).toEqual({
      address: { ...address, city: 'Shelbyville', line2: null, postal_code: null, state: null },
    });
  });

  test('of metadata: what a key held, and null for one that is new', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({ metadata: { kept: '1', changed: '2', gone: '3' } });
    await open.stripe.customers.update(id, { metadata: { changed: '22', gone: '', added: '4' } });
    expect(previous(open)).toEqual({ metadata: { changed: '2', gone: '3', added: null } });
  });

  test('a list is given whole', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({ preferred_locales: ['en', 'fr', 'de'] });
    await open.stripe.customers.update(id, { preferred_locales: ['en', 'it', 'de'] });
    expect(previous(open)).toEqual({ preferred_locales: ['en', 'fr', 'de'] });
  });

  test('the same for an object without behaviour of its own', async () => {
    const open = start();
    const { id } = await open.stripe.products.create({ name: 'Tea', metadata: { a: '1' } });
    await open.stripe.products.update(id, { name: 'Coffee', metadata: { b: '2' }, images: ['https://example.com/a'] });
    expect(last(open).type).toBe('product.updated');
    expect(previous(open)).toEqual({ name: 'Tea', metadata: { b: null }, images: [] });
  });

  test('an event that tells of no change has none', async () => {
    const open = start();
    const { id } = await open.stripe.customers.create({});
    await open.stripe.customers.del(id);
    expect(last(open)).toMatchObject({ type: 'customer.deleted' });
    expect(previous(open)).toBeUndefined();
  });
});
