import { deepEqual, equal } from 'node:assert/strict';
import type { ClaimedLane, EventState, IncomingEvent, Store } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, reopen, result, sample } from './samples.ts';

const CREATED = 1_790_000_000;
const LEASE = { owner: 'a', lease: 8_000_000, until: NOW + 30_000 };
const LANE = ' charge ch_1';

/** Stores an event that is taken up by the commit that stores it, and answers its lane as its owner has it in hand. */
async function taken(store: Store, parts: Partial<IncomingEvent> = {}): Promise<ClaimedLane> {
  const event = sample({ shortcut: { step: 'work' }, ...parts });
  const [received] = await store.receive({ events: [event], refused: [], keepRefused: 10, lease: LEASE });
  equal(received!.next, 'work');
  const { lease } = LEASE;
  const lane = ` charge ${event.objectId}`;
  return { lane, lease, events: [{ seq: received!.seq! }] } as unknown as ClaimedLane;
}

const seqOf = (lane: ClaimedLane): number => lane.events[0]!.seq;

/** The result of a lane whose only event one handler has done. */
const done = (lane: ClaimedLane, at = NOW) =>
  result(lane, { records: [record(seqOf(lane), { updatedAt: at })], now: at });

async function found(store: Store, state: EventState): Promise<string[]> {
  return (await store.listEvents({ state })).items.map(({ id }) => id);
}

const reopening = (lane: ClaimedLane) => [{ seq: seqOf(lane), reset: ['h'], skip: [] }];

export const takenRules: Record<string, StoreRule> = {
  async 'what is taken up as it is stored is being processed, wherever one looks'(store) {
    await taken(store);
    const { state, readyAt, finishedAt } = (await store.getEvent('evt_1'))!;
    deepEqual({ state, readyAt, finishedAt }, { state: 'processing', readyAt: NOW, finishedAt: null });
    deepEqual(
      (await store.listEvents()).items.map((event) => event.state),
      ['processing'],
    );
    deepEqual([await found(store, 'processing'), await found(store, 'done')], [['evt_1'], []]);
    const { processing, done: finished } = (await store.counts()).events;
    deepEqual({ processing, finished }, { processing: 1, finished: 0 });
    deepEqual(
      (await store.history(LANE)).map((event) => event.state),
      ['processing'],
    );
    equal((await store.marks({ state: 'processing' }, 10)).total, 1);
  },
  async 'it is done when its handlers were'(store) {
    const lane = await taken(store);
    deepEqual(await store.settle([done(lane, NOW + 7)]), [{ outcome: 'settled' }]);
    const { state, readyAt, finishedAt, handlers } = (await store.getEvent('evt_1'))!;
    deepEqual({ state, readyAt, finishedAt }, { state: 'done', readyAt: null, finishedAt: NOW + 7 });
    deepEqual(
      handlers.map((handler) => `${handler.handler} ${handler.state}`),
      ['h done'],
    );
    deepEqual([await found(store, 'processing'), await found(store, 'done')], [[], ['evt_1']]);
    const { processing, done: finished } = (await store.counts()).events;
    deepEqual({ processing, finished }, { processing: 0, finished: 1 });
    deepEqual(
      (await store.history(LANE)).map((event) => event.handled),
      [['h']],
    );
    equal(await store.nextDue(), undefined);
    deepEqual(await store.settle([done(lane)]), [{ outcome: 'lost' }]);
  },
  async 'without a handler’s mark it is done when it was settled'(store) {
    const lane = await taken(store);
    await store.settle([result(lane, { now: NOW + 7 })]);
    equal((await store.getEvent('evt_1'))!.finishedAt, NOW + 7);
  },
  async 'what comes for its object meanwhile is due as soon as it is done'(store) {
    const lane = await taken(store);
    await put(store, sample({ id: 'evt_2', created: CREATED + 1 }));
    await put(store, sample({ id: 'evt_3', created: CREATED + 2 }));
    equal(await store.nextDue(), LEASE.until);
    const other = await taken(store, { id: 'evt_4', objectId: 'ch_2' });
    deepEqual(await store.settle([done(lane), done(other)]), [{ outcome: 'settled' }, { outcome: 'settled' }]);
    deepEqual(
      (await claim(store)).map(({ events }) => events.map(({ id }) => id)),
      [['evt_2', 'evt_3']],
    );
    deepEqual((await found(store, 'done')).toSorted(), ['evt_1', 'evt_4']);
  },
  async 'a handler that failed is tried again like any other'(store) {
    const lane = await taken(store);
    const seq = seqOf(lane);
    const events = [{ seq, state: 'retrying', readyAt: NOW + 60_000 } as const];
    const records = [record(seq, { state: 'retrying', failures: 1, nextAt: NOW + 60_000, error: 'no' })];
    await store.settle([result(lane, { events, records })]);
    equal((await store.getEvent('evt_1'))!.state, 'retrying');
    equal((await claim(store)).length, 0);
    const [again] = await claim(store, { now: NOW + 60_000 });
    deepEqual(
      again!.events[0]!.records.map(({ handler, state }) => `${handler} ${state}`),
      ['h retrying'],
    );
    await store.settle([result(again!, { records: [record(seq)], now: NOW + 60_001 })]);
    const { state, finishedAt } = (await store.getEvent('evt_1'))!;
    deepEqual({ state, finishedAt }, { state: 'done', finishedAt: NOW + 60_001 });
  },
  async 'what is written while its lane is kept leaves it in hand'(store) {
    const lane = await taken(store);
    const records = [record(seqOf(lane), { handler: 'first' })];
    await store.settle([result(lane, { events: [], records, release: false })]);
    equal((await store.getEvent('evt_1'))!.state, 'processing');
    equal((await claim(store)).length, 0);
    await store.settle([done(lane)]);
    equal((await store.getEvent('evt_1'))!.state, 'done');
    equal(await store.nextDue(), undefined);
  },
  async 'given back by its owner it is due at once, with what was written of it'(store) {
    const lane = await taken(store);
    await put(store, sample({ id: 'evt_2', created: CREATED + 1 }));
    deepEqual(await store.owners(), ['a']);
    await store.abandon('a', NOW);
    const [again] = await claim(store, { owner: 'b' });
    deepEqual(
      again!.events.map(({ id, state }) => `${id} ${state}`),
      ['evt_1 processing', 'evt_2 pending'],
    );
    deepEqual(await store.settle([done(lane)]), [{ outcome: 'lost' }]);
    await store.settle([result(again!, { owner: 'b' })]);
    deepEqual((await found(store, 'done')).toSorted(), ['evt_1', 'evt_2']);
  },
  async 'many that a dead owner had in hand are all claimed when their leases end'(store) {
    const ids = Array.from({ length: 7 }, (_, i) => `${i}`);
    for (const id of ids) await taken(store, { id: `evt_${id}`, objectId: `ch_${id}` });
    const claimed: string[] = [];
    for (let lanes = await claim(store, { now: LEASE.until, limit: 3 }); lanes.length > 0;) {
      claimed.push(...lanes.flatMap(({ events }) => events.map(({ id }) => id)));
      await store.settle(lanes.map((lane) => result(lane)));
      lanes = await claim(store, { now: LEASE.until, limit: 3 });
    }
    deepEqual(
      claimed.toSorted(),
      ids.map((id) => `evt_${id}`),
    );
    equal(await store.nextDue(), undefined);
  },
  async 'in hand it cannot be reopened, once done it can'(store) {
    const lane = await taken(store);
    deepEqual((await reopen(store, reopening(lane))).outcomes, ['busy']);
    await store.settle([done(lane)]);
    const { outcomes, lanes } = await reopen(store, reopening(lane));
    deepEqual(outcomes, ['reopened']);
    equal((await store.getEvent('evt_1'))!.finishedAt, null);
    deepEqual(
      lanes[0]!.events[0]!.records.map(({ state }) => state),
      ['pending'],
    );
  },
  async 'what a dead owner had in hand is open again when an earlier event of the object is reopened'(store) {
    const first = await taken(store);
    await store.settle([done(first)]);
    const lane = await taken(store, { id: 'evt_2', created: CREATED + 1_000 });
    deepEqual((await reopen(store, reopening(first))).outcomes, ['busy']);
    const { outcomes, lanes } = await reopen(store, reopening(first), { now: LEASE.until });
    deepEqual(outcomes, ['reopened']);
    deepEqual(await store.settle([done(lane)]), [{ outcome: 'lost' }]);
    await store.settle([result(lanes[0]!)]);
    deepEqual(
      (await claim(store, { now: LEASE.until })).map(({ events }) => events.map(({ id }) => id)),
      [['evt_2']],
    );
  },
  async 'what a dead owner had in hand is reopened as what it is: an open event'(store) {
    const lane = await taken(store);
    const { outcomes, lanes } = await reopen(store, [{ ...reopening(lane)[0]!, skip: ['other'] }], {
      now: LEASE.until,
    });
    deepEqual(outcomes, ['reopened']);
    const [event] = lanes[0]!.events;
    deepEqual([event!.state, event!.records.map(({ handler }) => handler)], ['processing', ['h']]);
    await store.settle([result(lanes[0]!)]);
    deepEqual([await found(store, 'done'), await store.nextDue()], [['evt_1'], undefined]);
  },
  async 'it is not pruned before it is done, nor before it has been done for long enough'(store) {
    const pruning = { before: NOW + 50, rowsBefore: NOW + 50, dead: false, limit: 10, after: 0 };
    const lane = await taken(store);
    deepEqual((await store.prune(pruning)).payloads, 0);
    await store.settle([done(lane, NOW + 100)]);
    deepEqual((await store.prune(pruning)).payloads, 0);
    deepEqual((await store.prune({ ...pruning, before: NOW + 101, rowsBefore: NOW + 101 })).rows, 1);
  },
};
