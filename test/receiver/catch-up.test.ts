import type Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/index.ts';
import { knownAccounts } from '../../src/receiver/catch-up/accounts.ts';
import { createReceiver, reconcileEvery, type ReceiverOptions } from '../../src/receiver/index.ts';
import { connect } from '../../src/scenarios/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { delivery, anEvent, NOW, SECRET, testClock } from './events.ts';

const KEY = 'sk_test_catchup1234567890';
const DAY = 86_400_000;

/** A receiver and a local Stripe that share a clock; deliveries get through while `up`. */
async function setUp(options: Partial<ReceiverOptions<unknown>> = {}) {
  const clock = testClock();
  const store = createSqliteStore({ path: ':memory:' });
  const state = { up: true };
  const emulator = createEmulator({
    clock,
    webhooks: [
      {
        url: 'http://127.0.0.1/payments/webhook/',
        secret: SECRET,
        send: (request) => (state.up ? receiver.fetch(request) : Promise.resolve(new Response('', { status: 500 }))),
      },
    ],
  });
  onTestFinished(() => emulator.close());
  const requests: string[] = [];
  const stripe = await connect((request) => {
    requests.push(request.url);
    return emulator.fetch(request);
  }, KEY);
  const receiver = createReceiver({ store, secrets: SECRET, clock, stripe, ...options });
  const handled: string[] = [];
  receiver.on('charge.succeeded', ({ object, account }) => void handled.push(`${account} ${object.id}`));
  const charge = async (count: number, on: Stripe.RequestOptions = {}) => {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) {
      clock.advance(1_000);
      const { id } = await stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' }, on);
      ids.push(`${on.stripeAccount ?? ''} ${id}`);
    }
    await emulator.open(KEY).queue.idle();
    return ids;
  };
  return { clock, store, emulator, stripe, receiver, handled, charge, state, requests };
}

test('50 events are missed and one comes: reconciling brings all 51, and they are handled', async () => {
  const { store, receiver, handled, charge, state, clock } = await setUp();
  state.up = false;
  const missed = await charge(50);
  state.up = true;
  const [came] = await charge(1);
  await receiver.drain();
  expect(handled).toEqual([came]);

  const report = await receiver.reconcile();
  expect(report).toMatchObject({
    new: 50,
    complete: true,
    accounts: [{ account: '', livemode: false, listed: 51, new: 50, gap: null, skipped: null, error: null }],
  });
  await receiver.drain();
  expect(handled.toSorted()).toEqual([...missed, came!].toSorted());
  expect(new Set(handled).size).toBe(51);
  const { items } = await store.listEvents({ limit: 100 });
  expect(items.map(({ state, valid, deliveries }) => [state, valid, deliveries])).toEqual(
    items.map(() => ['done', true, 1]),
  );
  expect(items.filter(({ proof }) => proof === 'api')).toHaveLength(50);

  // The second one lists no more than the overlap before the newest event: ten minutes.
  clock.advance(3_600_000);
  await charge(1);
  const second = await receiver.reconcile();
  expect(second).toMatchObject({ new: 0, accounts: [{ listed: 52, from: NOW + 51 - 600 }] });
  clock.advance(3_600_000);
  expect(await receiver.reconcile()).toMatchObject({ new: 0, accounts: [{ listed: 1 }] });
});

test('the cursor is the listing’s own: an event that came after those that were missed moves nothing', async () => {
  const { receiver, handled, charge, state, clock } = await setUp();
  await charge(1);
  await receiver.reconcile();
  clock.advance(DAY);
  state.up = false;
  const missed = await charge(3);
  clock.advance(DAY);
  state.up = true;
  await charge(1);
  expect(await receiver.reconcile()).toMatchObject({ new: 3 });
  await receiver.drain();
  expect(handled).toEqual(expect.arrayContaining(missed));
});

test('more than one page: all of them, and an interrupted listing keeps its cursor and what it found', async () => {
  const { store, stripe, charge, state, clock, receiver } = await setUp();
  state.up = false;
  await charge(230);
  const answers: (number | 'ok')[] = ['ok', 'ok', 429];
  const flaky = {
    events: {
      retrieve: stripe.events.retrieve.bind(stripe.events),
      list: async (...given: Parameters<typeof stripe.events.list>) => {
        const answer = answers.shift() ?? 'ok';
        if (answer !== 'ok') throw Object.assign(new Error('slow down, sk_live_abcdef'), { statusCode: answer });
        return stripe.events.list(...given);
      },
    },
  };
  const other = createReceiver({ store, secrets: SECRET, clock, stripe: flaky });
  const first = await other.reconcile();
  expect(first).toMatchObject({
    complete: false,
    new: 100,
    accounts: [{ listed: 100, error: 'API: 429: slow down, sk_live_…' }],
  });
  expect(await store.readNote('reconcile platform test')).toBeUndefined();
  const rest = await receiver.reconcile();
  expect(rest).toMatchObject({ complete: true, new: 130, accounts: [{ listed: 230 }] });
  expect(JSON.parse((await store.readNote('reconcile platform test'))!)).toEqual({
    created: NOW + 230,
    listedAt: NOW + 230,
  });
});

test('every connected account the store knows, with a cursor of its own; one that withdrew its access is named', async () => {
  const { receiver, handled, charge, state, store, stripe, emulator } = await setUp();
  const [connected, other] = [(await stripe.accounts.create()).id, (await stripe.accounts.create()).id];
  await emulator.open(KEY).queue.idle();
  await receiver.reconcile();
  await charge(1, { stripeAccount: connected });
  state.up = false;
  const missed = await charge(2, { stripeAccount: connected });
  const given = await charge(1, { stripeAccount: other });
  const report = await receiver.reconcile({ accounts: [other] });
  expect(report.accounts.map(({ account, listed, new: found }) => [account, listed, found])).toEqual([
    ['', 0, 0],
    [other, 1, 1],
    [connected, 3, 2],
  ]);
  await receiver.drain();
  expect(handled).toEqual(expect.arrayContaining([...missed, ...given]));
  expect(await store.readNote(`reconcile ${connected} test`)).toBeDefined();

  const gone = anEvent({ type: 'account.application.deauthorized', account: connected, created: NOW + 90 });
  await receiver.fetch(delivery(gone));
  await receiver.drain();
  const again = await receiver.reconcile();
  expect(Object.fromEntries(again.accounts.map(({ account, skipped }) => [account, skipped]))).toEqual({
    '': null,
    [connected]: 'deauthorized',
    [other]: null,
  });
  expect(again.complete).toBe(true);
});

test('what Stripe no longer lists is reported as a gap; a quiet account has none', async () => {
  const { receiver, charge, state, clock } = await setUp();
  await charge(1);
  await receiver.reconcile();
  clock.advance(20 * DAY);
  await receiver.reconcile();
  clock.advance(20 * DAY);
  // 40 days without an event, but 20 since the last complete listing.
  expect(await receiver.reconcile()).toMatchObject({ complete: true, accounts: [{ gap: null }] });
  const listed = NOW + 1 + 40 * 86_400;
  clock.advance(35 * DAY);
  state.up = false;
  await charge(1);
  const now = clock.now() / 1000;
  expect(await receiver.reconcile()).toMatchObject({
    complete: false,
    new: 1,
    accounts: [{ from: now - 30 * 86_400, gap: { from: listed - 600, to: now - 30 * 86_400 } }],
  });
  expect(await receiver.reconcile()).toMatchObject({ complete: true, accounts: [{ gap: null }] });
});

test('live and test mode have cursors of their own', async () => {
  const { receiver, charge, store, state } = await setUp();
  state.up = false;
  await charge(2);
  await store.writeNote('reconcile platform live', JSON.stringify({ created: NOW + 9_000, listedAt: NOW + 9_000 }));
  expect(await receiver.reconcile()).toMatchObject({ new: 2, accounts: [{ livemode: false }] });
  expect(await receiver.reconcile({ livemode: true })).toMatchObject({
    accounts: [{ livemode: true, from: NOW + 8_400 }],
  });
});

test('events that no endpoint takes are not stored; without a list there is nothing to ask', async () => {
  const { receiver, charge, store, state } = await setUp({ livemode: true });
  state.up = false;
  await charge(2);
  expect(await receiver.reconcile()).toMatchObject({ new: 0, accounts: [{ listed: 2, ignored: 2 }] });
  const without = createReceiver({ store, secrets: SECRET });
  await expect(without.reconcile()).rejects.toMatchObject({ code: 'bad_option' });
});

test('a schedule runs at once, then after every interval, and stops', async () => {
  const { receiver, clock, charge, state } = await setUp();
  state.up = false;
  await charge(1);
  const reports: number[] = [];
  const problems: unknown[] = [];
  const waiting: (() => void)[] = [];
  const next = () => new Promise<void>((resolve) => void waiting.push(resolve));
  let ran = next();
  const schedule = reconcileEvery(receiver, {
    every: 60_000,
    clock,
    onReport: (report) => (reports.push(report.new), waiting.shift()?.()),
    onProblem: (error) => problems.push(error),
  });
  await ran;
  await charge(2);
  await new Promise((turn) => setImmediate(turn));
  ran = next();
  clock.advance(60_000);
  await ran;
  expect(reports).toEqual([1, 2]);
  await schedule.stop();
  clock.advance(600_000);
  await new Promise((turn) => setImmediate(turn));
  expect(reports).toHaveLength(2);
  expect(problems).toEqual([]);
});

test('stopping a schedule ends it, whether it waits or runs', async () => {
  const clock = testClock();
  let calls = 0;
  let finish = () => {};
  const receiver = {
    reconcile: () => {
      calls += 1;
      return new Promise<never>((_, fail) => (finish = () => fail(new Error('stopped'))));
    },
  };
  const problems: unknown[] = [];
  const start = () => reconcileEvery(receiver, { every: 1_000, clock, onProblem: (error) => problems.push(error) });
  const turn = () => new Promise((done) => setImmediate(done));
  const running = start();
  const stopped = running.stop();
  finish();
  await stopped;
  clock.advance(10_000);
  await turn();
  expect({ calls, problems }).toEqual({ calls: 1, problems: [] });

  const waiting = start();
  finish();
  await turn();
  expect(problems).toHaveLength(1);
  await waiting.stop();
  clock.advance(10_000);
  await turn();
  expect(calls).toBe(2);
});

test('an account that the API leaves out of its own events is put in; a stop comes between two pages', async () => {
  const { store, stripe, charge, state, clock, emulator } = await setUp();
  const { id } = await stripe.accounts.create();
  await emulator.open(KEY).queue.idle();
  state.up = false;
  await charge(120, { stripeAccount: id });
  const stopping = new AbortController();
  let stopAfter = Infinity;
  const bare = {
    events: {
      retrieve: stripe.events.retrieve.bind(stripe.events),
      list: async (...given: Parameters<typeof stripe.events.list>) => {
        const { data, has_more } = await stripe.events.list(...given);
        if ((stopAfter -= 1) === 0) stopping.abort();
        return { data: data.map((event) => ({ ...event, account: undefined })), has_more };
      },
    },
  };
  const receiver = createReceiver({ store, secrets: SECRET, clock, stripe: bare });
  stopAfter = 2; // the platform's list is empty but for its account.updated; then one page of the account's
  const first = await receiver.reconcile({ accounts: [id], livemode: false, signal: stopping.signal });
  expect(first).toMatchObject({ complete: false, accounts: [{}, { account: id, error: 'stopped before the end' }] });
  expect(first.new).toBeLessThan(120);
  const rest = await receiver.reconcile({ accounts: [id], livemode: false });
  expect(rest.complete).toBe(true);
  expect((await store.listEvents({ account: id, type: 'charge.succeeded', limit: 1_000 })).items).toHaveLength(120);
});

test('what is masked on arrival is masked here, too', async () => {
  const { receiver, charge, state, store } = await setUp({ redact: { fields: 'receipt_url', when: 'received' } });
  state.up = false;
  await charge(1);
  await receiver.reconcile();
  const { id } = (await store.listEvents()).items[0]!;
  const shown = Buffer.from((await store.getEvent(id))!.payload).toString();
  expect(shown).toContain('"amount":2000');
  expect(shown).not.toContain('pay.stripe.com');
});

test('accounts are gathered from all events once, and then from the new ones', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const events = (from: number, count: number, account: string) =>
    Array.from({ length: count }, (_, i) => sample({ id: `evt_${from + i}`, objectId: `ch_${from + i}`, account }));
  await put(store, ...events(0, 2, 'acct_1'), ...events(2, 4_000, ''));
  let pages = 0;
  const counted = {
    ...store,
    listEvents: (...given: Parameters<typeof store.listEvents>) => ((pages += 1), store.listEvents(...given)),
  };
  expect(await knownAccounts(counted)).toEqual(['acct_1']);
  expect(pages).toBeGreaterThan(3);
  pages = 0;
  await put(store, ...events(9_000, 1, 'acct_2'));
  expect(await knownAccounts(counted)).toEqual(['acct_1', 'acct_2']);
  expect(pages).toBeLessThanOrEqual(2);
  // Also when none of the new ones is of a new account.
  await put(store, ...events(10_000, 4_000, ''));
  await knownAccounts(counted);
  pages = 0;
  await knownAccounts(counted);
  expect(pages).toBeLessThanOrEqual(2);
});
