import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { aCharge, NOW } from './events.ts';
import { of, setUp } from './set-up.ts';

test('a handler that fails twice and then succeeds: three attempts, one done', async () => {
  const { store, clock, receiver, deliver } = setUp();
  const attempts: number[] = [];
  receiver.on('charge.*', ({ attempt }) => {
    attempts.push(attempt);
    if (attempt < 3) throw new Error(`not yet (${attempt})`);
  });
  await deliver(of('ch_1', 'evt_1'));
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.state).toBe('retrying');
  for (let i = 0; i < 5; i += 1) {
    clock.advance(10_000);
    await receiver.drain();
  }
  expect(attempts).toEqual([1, 2, 3]);
  const { state, handlers } = (await store.getEvent('evt_1'))!;
  expect(state).toBe('done');
  expect(handlers).toMatchObject([{ handler: 'charge.*', state: 'done', attempts: 3, failures: 2, error: null }]);
});

test('a retry waits longer after each failure, with jitter, and a duplicate neither hurries nor stops it', async () => {
  const random = { next: () => 0, text: () => '', state: () => '' };
  const { store, clock, receiver, deliver } = setUp({ random, retry: { base: 1000, cap: 3000, attempts: 9 } });
  receiver.on('*', () => {
    throw new Error('no');
  });
  const waits: number[] = [];
  await deliver(of('ch_1', 'evt_1'));
  for (let i = 0; i < 4; i += 1) {
    await receiver.drain();
    const wait = (await store.getEvent('evt_1'))!.readyAt! - clock.now();
    waits.push(wait);
    await deliver(of('ch_1', 'evt_1'));
    await receiver.drain();
    expect((await store.getEvent('evt_1'))!.handlers[0]!.attempts).toBe(i + 1);
    clock.advance(wait);
  }
  // Half of 1, 2, 3 (the cap) and 3 seconds: the jitter given here is none.
  expect(waits).toEqual([500, 1000, 1500, 1500]);
});

test('one that never succeeds goes to the dead letter with its error, and holds up no other object', async () => {
  const { store, clock, receiver, deliver, states } = setUp({ retry: { attempts: 3 } });
  const seen: string[] = [];
  receiver.on('*', ({ event, object }) => {
    if ((object as JsonObject)['id'] === 'ch_bad') throw new TypeError('cannot read this');
    seen.push(event.id);
  });
  await deliver(of('ch_bad', 'evt_1'), of('ch_good', 'evt_2'));
  await receiver.drain();
  await deliver(of('ch_good', 'evt_3', NOW + 1));
  await receiver.drain();
  expect(seen).toEqual(['evt_2', 'evt_3']);
  for (let i = 0; i < 3; i += 1) {
    clock.advance(100_000);
    await receiver.drain();
  }
  expect(await states()).toEqual({ evt_1: 'dead', evt_2: 'done', evt_3: 'done' });
  const [record] = (await store.getEvent('evt_1'))!.handlers;
  expect(record).toMatchObject({ state: 'dead', attempts: 3, failures: 3 });
  expect(record!.error).toMatch(/TypeError: cannot read this\n\s+at /);
  expect((await receiver.status()).counters).toMatchObject({ dead: 1, threw: 3, handled: 2 });
});

test('a failing handler delays only its own later events of that object; the mirror and other handlers go on', async () => {
  const { store, clock, receiver, deliver, states } = setUp();
  const log: string[] = [];
  let broken = true;
  receiver
    .on('charge.updated', ({ event }) => {
      if (broken) throw new Error('broken');
      log.push(`first ${event.id}`);
    })
    .on('charge.updated', ({ event }) => void log.push(`second ${event.id}`));
  await deliver(of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 1), of('ch_2', 'evt_3'));
  await receiver.drain();
  await deliver(of('ch_1', 'evt_4', NOW + 2));
  await receiver.drain();
  expect(log.filter((line) => !line.includes('evt_3'))).toEqual(['second evt_1', 'second evt_2', 'second evt_4']);
  expect(JSON.parse((await store.getObject('charge', 'ch_1'))!.json)).toMatchObject({ description: 'evt_4' });
  expect(await states()).toEqual({ evt_1: 'retrying', evt_2: 'processing', evt_3: 'retrying', evt_4: 'processing' });
  expect((await store.getEvent('evt_2'))!.handlers.map(({ state, attempts }) => [state, attempts])).toEqual([
    ['pending', 0],
    ['done', 1],
  ]);

  broken = false;
  log.length = 0;
  clock.advance(10_000);
  await receiver.drain();
  expect(log.filter((line) => !line.includes('evt_3'))).toEqual(['first evt_1', 'first evt_2', 'first evt_4']);
  expect(new Set(Object.values(await states()))).toEqual(new Set(['done']));
});

test.each([
  ['release' as const, ['evt_2'], 'done'],
  ['hold' as const, [], 'processing'],
])('a dead letter may %s the later events of its object', async (onDead, handled, state) => {
  const { clock, receiver, deliver, states } = setUp({ retry: { attempts: 1 } });
  const seen: string[] = [];
  receiver.on(
    'charge.updated',
    ({ event }) => {
      if (event.id === 'evt_1') throw new Error('never');
      seen.push(event.id);
    },
    { onDead },
  );
  await deliver(of('ch_1', 'evt_1', NOW));
  await receiver.drain();
  await deliver(of('ch_1', 'evt_2', NOW + 1));
  await receiver.drain();
  clock.advance(1e7);
  await deliver(of('ch_2', 'evt_3', NOW + 1));
  await receiver.drain();
  expect(seen).toEqual([...handled, 'evt_3']);
  expect(await states()).toEqual({ evt_1: 'dead', evt_2: state, evt_3: 'done' });
});

test('of what is stored, the earliest of an object goes first, whatever the order of arrival', async () => {
  const { receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event, late }) => void seen.push(`${event.id}${late ? ' late' : ''}`));
  await deliver(of('ch_1', 'evt_3', NOW + 2), of('ch_1', 'evt_1', NOW), of('ch_1', 'evt_2', NOW + 1));
  await receiver.drain();
  expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3']);
});

test.each([true, false])('within one second the evidence decides, not the arrival (mirror: %s)', async (mirror) => {
  const { receiver, deliver } = setUp({ mirror });
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.type));
  const refunded = {
    type: 'charge.refunded',
    object: aCharge({ id: 'ch_1', refunded: true, amount_refunded: 2000 }),
    previous: { refunded: false, amount_refunded: 0 },
  };
  const captured = { type: 'charge.captured', object: aCharge({ id: 'ch_1' }), previous: { captured: false } };
  const succeeded = { type: 'charge.succeeded', object: aCharge({ id: 'ch_1', captured: false }) };
  await deliver({ id: 'evt_1', ...refunded }, { id: 'evt_2', ...captured }, { id: 'evt_3', ...succeeded });
  await receiver.drain();
  expect(seen).toEqual(['charge.succeeded', 'charge.captured', 'charge.refunded']);
});

test('an event that arrives after a later one was handled is still handled, once, and told that it is late', async () => {
  const { receiver, deliver, clock } = setUp();
  const seen: unknown[] = [];
  receiver.on('*', ({ event, late, current, attempt }) => {
    seen.push([event.id, late, current?.['description'], attempt]);
    if (event.id === 'evt_1' && attempt === 1) throw new Error('again');
  });
  await deliver(of('ch_1', 'evt_2', NOW + 5));
  await receiver.drain();
  await deliver(of('ch_1', 'evt_1', NOW));
  await receiver.drain();
  await deliver(of('ch_1', 'evt_1', NOW));
  clock.advance(10_000);
  await receiver.drain();
  expect(seen).toEqual([
    ['evt_2', false, 'evt_2', 1],
    ['evt_1', true, 'evt_2', 1],
    ['evt_1', true, 'evt_2', 2],
  ]);
});

test('ctx.defer tries again without counting towards the dead letter, until three days have passed', async () => {
  const { store, clock, receiver, deliver } = setUp({ retry: { attempts: 2 } });
  receiver.on('*', ({ defer, attempt }) => defer(`order ${attempt} is not there yet`, { after: 60_000 }));
  await deliver(of('ch_1', 'evt_1'));
  for (let i = 0; i < 5; i += 1) {
    await receiver.drain();
    expect((await store.getEvent('evt_1'))!.readyAt).toBe(clock.now() + 60_000);
    clock.advance(60_000);
  }
  expect((await store.getEvent('evt_1'))!.handlers).toMatchObject([
    { state: 'retrying', attempts: 5, failures: 0, error: 'deferred: order 5 is not there yet' },
  ]);
  clock.advance(3 * 86_400_000);
  await receiver.drain();
  expect((await store.getEvent('evt_1'))!.state).toBe('dead');
});

test('an event that arrives late may tell how a later second is to be read', async () => {
  const { store, receiver, deliver } = setUp();
  const [a, b] = ['a', 'b'].map((description) => aCharge({ id: 'ch_1', description }));
  const to = { id: 'evt_1', type: 'charge.updated', object: b!, previous: { description: 'a' } };
  const fro = { id: 'evt_2', type: 'charge.updated', object: a!, previous: { description: 'b' } };
  await deliver(to, fro);
  await receiver.drain();
  expect(await store.getObject('charge', 'ch_1')).toMatchObject({ ambiguous: true, eventId: 'evt_2' });
  await deliver({ id: 'evt_0', type: 'charge.succeeded', created: NOW - 1, object: b! });
  await receiver.drain();
  expect(await store.getObject('charge', 'ch_1')).toMatchObject({ ambiguous: false, eventId: 'evt_1' });
});

test('two ids for one change are recognised, and handled once unless a handler wants both', async () => {
  const { store, receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('charge.updated', ({ event }) => void seen.push(`once ${event.id}`));
  receiver.on('charge.updated', ({ event }) => void seen.push(`both ${event.id}`), { repeats: true });
  const object = aCharge({ id: 'ch_1', description: 'b' });
  const change = { type: 'charge.updated', object, previous: { description: 'a' }, request: null };
  await deliver({ id: 'evt_1', ...change }, { id: 'evt_2', ...change, created: NOW + 1 });
  await receiver.drain();
  expect(seen).toEqual(['once evt_1', 'both evt_1', 'both evt_2']);
  expect(await store.getEvent('evt_2')).toMatchObject({
    state: 'done',
    twinOf: 'evt_1',
    handlers: expect.arrayContaining([expect.objectContaining({ handler: 'charge.updated', state: 'skipped' })]),
  });
  expect(await store.getObject('charge', 'ch_1')).toMatchObject({ ambiguous: false });
});

test('the same content from two requests, or an hour later, is no repeat', async () => {
  const { receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.id));
  const object = aCharge({ id: 'ch_1', description: 'b' });
  const change = { type: 'charge.updated', object, previous: { description: 'a' } };
  await deliver(
    { id: 'evt_1', ...change, request: 'req_1' },
    { id: 'evt_2', ...change, request: 'req_2', created: NOW + 2 },
    { id: 'evt_3', ...change, request: null, created: NOW + 3600 },
  );
  await receiver.drain();
  expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3']);
});

test.each([60, 0])('a state that goes to and fro, %i s apart, is no repeat, whoever asked for it', async (apart) => {
  const { store, receiver, deliver } = setUp();
  const seen: unknown[] = [];
  receiver.on('account.updated', ({ event, object }) => void seen.push(`${event.id} ${object.payouts_enabled}`));
  const payouts = (id: string, step: number, enabled: boolean) => ({
    id,
    type: 'account.updated',
    created: NOW + step * apart,
    account: 'acct_1',
    request: null,
    object: { id: 'acct_1', object: 'account', payouts_enabled: enabled },
    previous: { payouts_enabled: !enabled },
  });
  await deliver(payouts('evt_1', 0, true), payouts('evt_2', 1, false), payouts('evt_3', 2, true));
  await receiver.drain();
  expect(seen).toEqual(['evt_1 true', 'evt_2 false', 'evt_3 true']);
  expect((await store.getEvent('evt_3', 'acct_1'))!.twinOf).toBeNull();
});

test('an event without an object of its own, or of an unknown type, is stored and handled', async () => {
  const { store, receiver, deliver, states } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ event }) => void seen.push(event.type));
  await deliver(
    { id: 'evt_1', type: 'invoice.upcoming', object: { object: 'invoice', amount_due: 5 } },
    { id: 'evt_2', type: 'unicorn.tamed', object: { object: 'unicorn', id: 'uni_1' } },
    { id: 'evt_3', type: 'customer.card.created', object: { object: 'card', id: 'card_1' } },
    { id: 'evt_4', type: 'payment_method.attached', object: { object: 'payment_method', id: 'card_1' } },
  );
  await receiver.drain();
  expect(seen.toSorted()).toEqual([
    'customer.card.created',
    'invoice.upcoming',
    'payment_method.attached',
    'unicorn.tamed',
  ]);
  expect(new Set(Object.values(await states()))).toEqual(new Set(['done']));
  expect((await store.listObjects()).items.map(({ object, id }) => `${object} ${id}`)).toEqual([
    'card card_1',
    'payment_method card_1',
    'unicorn uni_1',
  ]);
});

test('without a mirror nothing is copied, and everything else works', async () => {
  const { store, receiver, deliver } = setUp({ mirror: false });
  const seen: unknown[] = [];
  receiver.on('*', ({ event, current }) => void seen.push([event.id, current]));
  await deliver(of('ch_1', 'evt_2', NOW + 1), of('ch_1', 'evt_1', NOW));
  await receiver.drain();
  expect(seen).toEqual([
    ['evt_1', undefined],
    ['evt_2', undefined],
  ]);
  expect((await store.counts()).objects).toBe(0);
});

test('accounts are kept apart', async () => {
  const { store, receiver, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('*', ({ account, event }) => void seen.push(`${account} ${event.id}`));
  await deliver(of('ch_1', 'evt_1'), of('ch_1', 'evt_1', NOW, { account: 'acct_1' }));
  await receiver.drain();
  expect(seen.toSorted()).toEqual([' evt_1', 'acct_1 evt_1']);
  expect((await store.listObjects()).items.map(({ account }) => account)).toEqual(['', 'acct_1']);
});
