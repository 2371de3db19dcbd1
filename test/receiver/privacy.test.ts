import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { maskerOf } from '../../src/receiver/privacy/mask.ts';
import { EVERYTHING } from '../../src/receiver/privacy/profiles.ts';
import { laneOf } from '../../src/store/store.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { aCharge, anEvent, delivery, NOW, post, SECRET, testClock, type EventParts } from './events.ts';

const DAY = 86_400_000;

function setUp(options: Partial<ReceiverOptions<unknown>> = {}, path = ':memory:') {
  const store = createSqliteStore({ path });
  const clock = testClock();
  const receiver = createReceiver({ secrets: SECRET, clock, ...options, store });
  const deliver = async (...events: EventParts[]) => {
    for (const parts of events) await receiver.fetch(delivery(anEvent(parts), { at: Math.floor(clock.now() / 1000) }));
  };
  const payload = async (id: string) =>
    JSON.parse(Buffer.from((await store.getEvent(id))!.payload).toString()) as { data: { object: JsonObject } };
  return { store, clock, receiver, deliver, payload };
}

const customer = (email: string): JsonObject => ({
  id: 'cus_1',
  object: 'customer',
  balance: 5,
  email,
  name: 'CANARY Name',
  address: { city: 'CANARY City', country: 'CANARY Land', line1: null },
  metadata: { note: 'CANARY note' },
});

test('a field is masked wherever it stands, and a qualified one only in its object', () => {
  const mask = maskerOf(['email', 'customer.name', 'checkout.session.label', 'status', 'dob']);
  const { value, fields } = mask({
    type: 'customer.updated',
    data: {
      object: {
        ...customer('a@x'),
        status: 'kept',
        dob: { day: 3 },
        items: [{ object: 'product', name: 'kept', email: 'b@x' }],
      },
      previous_attributes: { name: 'was', email: null },
    },
  });
  expect(fields).toEqual(['dob', 'email', 'name']);
  expect(value['data']).toMatchObject({
    object: {
      email: '[redacted]',
      name: '[redacted]',
      status: 'kept',
      dob: { day: null },
      balance: 5,
      items: [{ name: 'kept', email: '[redacted]' }],
    },
    previous_attributes: { name: '[redacted]', email: null },
  });
});

test.each([true, 'later'] as const)(
  'a masked field that is indexed is masked in its column too, mirror %s',
  async (mirror) => {
    const { store, receiver, deliver } = setUp({ redact: ['charge.customer'], mirror });
    await deliver({ object: aCharge({ customer: 'cus_CANARY' }) });
    await receiver.drain();
    expect(store.database.prepare('SELECT customer FROM stripe_charges').all()).toEqual([{ customer: '[redacted]' }]);
  },
);

test('redacted fields are in the payload until its event is done, and never in the mirror', async () => {
  const { store, receiver, deliver, payload, clock } = setUp({ redact: ['personal', 'metadata'] });
  const seen: unknown[] = [];
  receiver.on('*', ({ object, current, attempt }) => {
    seen.push([(object as JsonObject)['email'], current?.['email']]);
    if (attempt === 1) throw new Error('again');
  });
  await deliver({
    id: 'evt_1',
    type: 'customer.updated',
    object: customer('CANARY@x'),
    previous: { email: 'CANARY old' },
  });
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.redacted).toBeNull();
  expect((await store.getObject('customer', 'cus_1'))!.json).not.toContain('CANARY');
  clock.advance(60_000);
  await receiver.drain();
  expect(seen).toEqual([
    ['CANARY@x', '[redacted]'],
    ['CANARY@x', '[redacted]'],
  ]);
  expect(JSON.stringify(await payload('evt_1'))).not.toContain('CANARY');
  expect((await payload('evt_1')).data.object).toMatchObject({ id: 'cus_1', balance: 5, address: { line1: null } });
  expect((await store.getEvent('evt_1'))!.redacted).toEqual(['address', 'email', 'metadata', 'name']);
  const { list } = await receiver.replay({ id: 'evt_1' }, { dryRun: true });
  expect(list[0]!.redacted).toEqual(['address', 'email', 'metadata', 'name']);
});

test('fields may be masked before anything is stored, and a resend still is a duplicate', async () => {
  const { store, receiver, deliver, payload } = setUp({ redact: { fields: 'email', when: 'received' } });
  const event = { id: 'evt_1', type: 'customer.updated', object: customer('CANARY@x') };
  await deliver(event, event);
  expect((await payload('evt_1')).data.object).toMatchObject({ email: '[redacted]', name: 'CANARY Name' });
  expect((await store.getEvent('evt_1'))!.deliveries).toBe(2);
  const seen: unknown[] = [];
  receiver.on('*', ({ object }) => void seen.push((object as JsonObject)['email']));
  await receiver.drain();
  expect(seen).toEqual(['[redacted]']);
});

test('masked before anything is stored: whatever it came by, and what is refused, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paybell-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'paybell.db');
  const redact = { fields: ['personal', 'free'], when: 'received' } as const;
  const rawRequest = async () => customer('CANARY fetched');
  const stripe = { events: { retrieve: () => Promise.reject(new Error('not here')) }, rawRequest };
  const { store, clock, receiver } = setUp({ redact, livemode: false, stripe, verify: 'signature' }, path);
  const seen: unknown[] = [];
  receiver.on('*', (ctx) => void seen.push([ctx.event.id, (ctx.object as JsonObject | undefined)?.['email']]));
  const event = (id: string) => anEvent({ id, type: 'customer.updated', object: customer('CANARY sent') });
  await receiver.ingest({ detail: event('evt_1') }, { trust: 'transport' });
  expect((await receiver.fetch(delivery({ ...event('evt_2'), livemode: true }, { at: NOW }))).status).toBe(400);
  expect((await receiver.fetch(post(Buffer.from('{"email": "CANARY cut'), { signature: 't=1,v1=00' }))).status).toBe(
    400,
  );
  await receiver.adopt([customer('CANARY adopted')], { requestedAt: clock.now() });
  await receiver.ensure('customer', 'cus_1', { timeout: 0 });
  const stored = await store.history(laneOf({ account: '', object: 'customer', objectId: 'cus_1', id: '' }));
  expect(stored.map(({ type, payload }) => [type, Buffer.from(payload).includes('CANARY')])).toEqual([
    ['customer.updated', false],
    ['paybell.copy', false],
    ['paybell.copy', false],
  ]);
  const url = '/v1/customers/cus_1';
  const thin = {
    object: 'v2.core.event',
    type: 'v1.customer.updated',
    related_object: { id: 'cus_1', type: 'customer', url },
  };
  clock.advance(1_000);
  expect((await receiver.fetch(delivery({ ...event('evt_3'), data: undefined, ...thin }, { at: NOW }))).status).toBe(
    200,
  );
  await receiver.drain();
  expect(seen.toSorted()).toEqual([
    ['evt_1', '[redacted]'],
    ['evt_3', '[redacted]'],
  ]);
  const [unread, refused] = await store.listRefused().then(({ items }) => items);
  expect(JSON.parse(Buffer.from(refused!.body).toString()).data.object).toMatchObject({ id: 'cus_1', balance: 5 });
  expect(unread!.body.length).toBe(0);
  await store.close();
  expect(readFileSync(path).includes('CANARY')).toBe(false);
});

test('what was masked is no evidence against the order in which it happened', async () => {
  const { store, receiver, deliver } = setUp({ redact: ['email'] });
  const object = (email: string, name: string, phone: string) => ({ ...customer(email), name, phone });
  const type = 'customer.updated';
  await deliver({ id: 'evt_b', type, object: object('b@x', 'two', 'p'), previous: { name: 'one' } });
  await receiver.drain();
  const previous = { email: 'b@x', name: 'two', phone: 'p' };
  await deliver({ id: 'evt_a', type, object: object('c@x', 'one', 'q'), previous });
  await receiver.drain();
  expect(await store.getObject('customer', 'cus_1')).toMatchObject({ eventId: 'evt_a', ambiguous: false });
});

test('what is fetched for a notification is masked once nobody needs it any more', async () => {
  const stripe = {
    events: { retrieve: () => Promise.reject(new Error('not here')) },
    rawRequest: async () => customer('CANARY@x'),
  };
  const { store, receiver, clock } = setUp({ stripe, redact: ['personal', 'free'] });
  const seen: unknown[] = [];
  receiver.on('v1.customer.updated', ({ object, attempt }) => {
    seen.push(object?.['email']);
    if (attempt === 1) throw new Error('again');
  });
  const related = { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' };
  const event = {
    id: 'evt_1',
    object: 'v2.core.event',
    type: 'v1.customer.updated',
    created: '2026-09-21T00:00:00Z',
    livemode: false,
    related_object: related,
  };
  await receiver.fetch(delivery(event));
  await receiver.drain();
  clock.advance(60_000);
  await receiver.drain();
  expect(seen).toEqual(['CANARY@x', 'CANARY@x']);
  for (const { payload } of await store.history(' customer cus_1'))
    expect(Buffer.from(payload).toString()).not.toContain('CANARY');
});

test('retention deletes by age and keeps what is needed; a started worker does it by itself', async () => {
  const { store, receiver, deliver, clock } = setUp({ retention: { days: 30 } });
  const change = (id: string, created: number) => ({
    id,
    created,
    type: 'charge.updated',
    object: aCharge({ id: 'ch_1', description: id }),
  });
  await deliver(change('evt_1', NOW), change('evt_2', NOW + 1));
  await receiver.drain();
  expect(await receiver.prune()).toEqual({ payloads: 0, rows: 0 });
  clock.advance(31 * DAY);
  await receiver.start();
  clock.advance(60_000);
  while (!(await store.getEvent('evt_1'))!.pruned) await new Promise((resolve) => setImmediate(resolve));
  expect((await store.getEvent('evt_2'))!.pruned).toBe(false);
  clock.advance(15 * DAY);
  expect(await receiver.prune()).toEqual({ payloads: 0, rows: 1 });
  await deliver(change('evt_3', NOW));
  await receiver.idle();
  expect(await store.getObject('charge', 'ch_1')).toMatchObject({ eventId: 'evt_2' });
  await receiver.close();
  await expect(setUp().receiver.prune()).rejects.toMatchObject({ code: 'bad_option' });
  expect(() => setUp({ retention: { days: 0 } })).toThrow(expect.objectContaining({ code: 'bad_option' }));
  await expect(setUp().receiver.prune({ days: 9, rows: 3 })).rejects.toMatchObject({ code: 'bad_option' });
});

test('after forget no canary is left in the database’s files, nor in what was logged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paybell-forget-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => logged.mockRestore());
  const { store, receiver, deliver, clock } = setUp({ retry: { attempts: 1 } }, join(folder, 'paybell.db'));
  receiver.on('customer.*', ({ object }) => {
    throw new Error(`cannot greet ${String((object as JsonObject)['email'])}`);
  });
  const charge = aCharge({
    id: 'ch_1',
    customer: 'cus_1',
    billing_details: { email: 'CANARY bill' },
    receipt_url: 'https://CANARY',
  });
  await deliver(
    { id: 'evt_1', type: 'customer.created', object: customer('CANARY@x') },
    {
      id: 'evt_2',
      type: 'customer.updated',
      created: NOW + 1,
      object: customer('CANARY2@x'),
      previous: { email: 'CANARY@x' },
    },
    { id: 'evt_3', type: 'charge.succeeded', object: charge },
    { id: 'evt_4', type: 'customer.created', object: { id: 'cus_12', object: 'customer', email: 'other@x' } },
  );
  await receiver.fetch(post(JSON.stringify(anEvent({ object: customer('CANARY refused') }))));
  await receiver.drain();
  await receiver.adopt([customer('CANARY copy')], { requestedAt: clock.now() + 5_000 });
  await receiver.drain();
  const inFiles = () => readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes('CANARY'));
  expect(inFiles()).not.toEqual([]);

  const forgotten = await receiver.forget('cus_1');
  expect(forgotten).toEqual({ events: 4, objects: 2, refused: 1 });
  expect(inFiles()).toEqual([]);
  expect(JSON.stringify(logged.mock.calls)).not.toContain('CANARY');
  expect(JSON.parse((await store.getObject('charge', 'ch_1'))!.json)).toMatchObject({
    id: 'ch_1',
    amount: 2000,
    customer: 'cus_1',
    status: 'succeeded',
    billing_details: { email: '[redacted]' },
  });
  // Another customer, whose id begins with the same letters.
  expect(JSON.parse((await store.getObject('customer', 'cus_12'))!.json)).toMatchObject({ email: 'other@x' });
  expect((await store.getEvent('evt_1'))!).toMatchObject({
    state: 'dead',
    redacted: expect.arrayContaining(['email']),
  });
  expect(await receiver.forget('cus_1')).toEqual({ events: 0, objects: 0, refused: 0 });
  await expect(receiver.forget('cus 1"')).rejects.toMatchObject({ code: 'bad_option' });
});

test('what forget masks never includes ids, amounts, times or states', () => {
  const mask = maskerOf(EVERYTHING);
  const charge = aCharge({ id: 'ch_1', customer: 'cus_1', payment_intent: 'pi_1', created: NOW, livemode: false });
  const { value } = mask(charge);
  expect({ ...value, description: null }).toEqual(charge);
});
