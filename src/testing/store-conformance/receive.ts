import { deepEqual, equal } from 'node:assert/strict';
import type { IncomingEvent, Shortcut, Received, Store } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, result, sample, shown } from './samples.ts';

const CREATED = 1_790_000_000;
const LATER = CREATED + 1_000;
const LEASE = { owner: 'a', lease: 7_000_000, until: NOW + 30_000 };

const mirror = (created: number, eventId: string) => ({ ...shown(`{"at":${created}}`), created, eventId });

/** An event with a shortcut, of charge ch_1. */
function short(
  id: string,
  created: number,
  step?: Shortcut['step'],
  parts: Partial<IncomingEvent> = {},
): IncomingEvent {
  return sample({ id, created, shortcut: { mirror: mirror(created, id), step }, ...parts });
}

const receive = (store: Store, ...events: IncomingEvent[]): Promise<Received[]> =>
  store.receive({ events, refused: [], keepRefused: 10, lease: LEASE });

const fates = (received: readonly Received[]): string[] =>
  received.map(({ inserted, next, seq }) => `${inserted} ${next}${seq === undefined ? '' : ' seq'}`);

async function json(store: Store): Promise<string | undefined> {
  return (await store.getObject('charge', 'ch_1'))?.json;
}

export const receiveRules: Record<string, StoreRule> = {
  async 'the only event of a quiet object can be finished and mirrored in the commit that stores it'(store) {
    deepEqual(fates(await receive(store, short('evt_1', CREATED, 'finish'))), ['stored nothing']);
    const { state, readyAt, finishedAt } = (await store.getEvent('evt_1'))!;
    deepEqual({ state, readyAt, finishedAt }, { state: 'done', readyAt: null, finishedAt: NOW });
    equal(await json(store), `{"at":${CREATED}}`);
    equal((await claim(store)).length, 0);
    equal(await store.nextDue(), undefined);
  },
  async 'it can be leased in that commit, and is settled like a claimed one'(store) {
    const [received] = await receive(store, short('evt_1', CREATED, 'work'));
    equal(received!.next, 'work');
    equal((await store.getEvent('evt_1'))!.state, 'processing');
    equal(await json(store), `{"at":${CREATED}}`);
    equal((await claim(store, { owner: 'b' })).length, 0);
    const lane = { lane: ' charge ch_1', lease: LEASE.lease, events: [{ seq: received!.seq! }] };
    deepEqual(await store.settle([result(lane as never)]), [{ outcome: 'settled' }]);
    equal((await store.getEvent('evt_1'))!.state, 'done');
    equal(await store.nextDue(), undefined);
  },
  async 'what was leased that way goes to someone else when the lease ends'(store) {
    await receive(store, short('evt_1', CREATED, 'work'));
    const [lane] = await claim(store, { owner: 'b', now: LEASE.until });
    deepEqual(
      lane!.events.map(({ id, state }) => ({ id, state })),
      [{ id: 'evt_1', state: 'processing' }],
    );
    deepEqual(await store.settle([result({ ...lane!, lease: LEASE.lease })]), [{ outcome: 'lost' }]);
  },
  async 'without anything to do at once the mirror is written and the event waits'(store) {
    deepEqual(fates(await receive(store, short('evt_1', CREATED))), ['stored claim']);
    equal(await json(store), `{"at":${CREATED}}`);
    equal((await store.getEvent('evt_1'))!.state, 'pending');
    deepEqual(JSON.parse((await claim(store))[0]!.mirror!.json), { at: CREATED });
  },
  async 'a later event of an object that is quiet again replaces what is shown'(store) {
    await receive(store, short('evt_1', CREATED, 'finish'));
    deepEqual(fates(await receive(store, short('evt_2', LATER, 'finish'))), ['stored nothing']);
    equal(await json(store), `{"at":${LATER}}`);
  },
  async 'an object with unfinished events is not quiet'(store) {
    await put(store, sample({ id: 'evt_1', created: CREATED }));
    deepEqual(fates(await receive(store, short('evt_2', LATER, 'work'))), ['stored claim']);
    equal(await json(store), undefined);
    const [lane] = await claim(store);
    deepEqual(
      lane!.events.map(({ id, state }) => `${id} ${state}`),
      ['evt_1 pending', 'evt_2 pending'],
    );
  },
  async 'an object that is being worked on is not quiet'(store) {
    const first = await receive(store, short('evt_1', CREATED, 'work'));
    deepEqual(fates(await receive(store, short('evt_2', LATER, 'work'))), ['stored claim']);
    equal(await json(store), `{"at":${CREATED}}`);
    const lane = { lane: ' charge ch_1', lease: LEASE.lease, events: [{ seq: first[0]!.seq! }] };
    await store.settle([result(lane as never)]);
    equal((await claim(store))[0]!.events[0]!.id, 'evt_2');
  },
  async 'of two events of one object in one commit and one second the second waits'(store) {
    const given = [short('evt_1', CREATED, 'finish'), short('evt_2', CREATED, 'finish')];
    equal(fates(await receive(store, ...given)).at(-1), 'stored claim');
  },
  async 'an event that is not later than another one waits, and shows nothing'(store) {
    await receive(store, short('evt_1', LATER, 'finish', { type: 'charge.updated' }));
    for (const [n, created] of [LATER, LATER - 1, CREATED].entries()) {
      const given = short(`evt_early_${n}`, created, 'finish');
      deepEqual(fates(await receive(store, given)), ['stored claim']);
      equal(await json(store), `{"at":${LATER}}`);
    }
  },
  async 'nor is it taken where nothing is mirrored'(store) {
    const bare = (id: string, created: number) => sample({ id, created, shortcut: { step: 'work' } });
    await receive(store, short('evt_1', LATER, 'finish', { type: 'charge.updated', shortcut: { step: 'finish' } }));
    for (const [n, created] of [LATER, LATER - 1].entries())
      deepEqual(fates(await receive(store, bare(`evt_early_${n}`, created))), ['stored claim']);
  },
  async 'an event that may be the twin of one shortly before waits'(store) {
    await receive(store, short('evt_1', CREATED, 'finish'));
    deepEqual(fates(await receive(store, short('evt_2', CREATED + 600, 'finish'))), ['stored claim']);
  },
  async 'one of another type shortly after does not'(store) {
    await receive(store, short('evt_1', CREATED, 'finish'));
    const other = short('evt_2', CREATED + 1, 'finish', { type: 'charge.captured' });
    deepEqual(fates(await receive(store, other)), ['stored nothing']);
  },
  async 'a deleted object is not brought back'(store) {
    await put(store, sample({ id: 'evt_0', created: CREATED - 1 }));
    const [lane] = await claim(store);
    await store.settle([result(lane!, { mirror: { ...mirror(CREATED, 'evt_0'), deleted: true } })]);
    deepEqual(fates(await receive(store, short('evt_1', LATER, 'finish'))), ['stored claim']);
    equal((await store.getObject('charge', 'ch_1'))!.deleted, true);
    equal((await store.getEvent('evt_1'))!.state, 'pending');
    equal((await claim(store))[0]!.events[0]!.id, 'evt_1');
  },
  async 'a mirror that is as late or later is left alone, and the event waits'(store) {
    await put(store, sample({ id: 'evt_0', created: CREATED - 1, type: 'charge.captured' }));
    const [lane] = await claim(store);
    await store.settle([result(lane!, { mirror: mirror(LATER, 'evt_0') })]);
    deepEqual(fates(await receive(store, short('evt_1', LATER, 'work'))), ['stored claim']);
    deepEqual(
      (await claim(store))[0]!.events.map(({ id }) => id),
      ['evt_1'],
    );
  },
  async 'the shortcut of a duplicate is not taken'(store) {
    await receive(store, short('evt_1', CREATED, 'finish'));
    deepEqual(fates(await receive(store, short('evt_1', CREATED, 'work'))), ['duplicate nothing']);
    equal((await store.getEvent('evt_1'))!.deliveries, 2);
    equal((await store.getEvent('evt_1'))!.state, 'done');
  },
  async 'what is not proven has no shortcut'(store) {
    deepEqual(fates(await receive(store, short('evt_1', CREATED, 'finish', { proof: null }))), ['stored claim']);
    equal(await json(store), undefined);
  },
  async 'without a lease nothing is leased'(store) {
    const events = [short('evt_1', CREATED, 'work')];
    deepEqual(fates(await store.receive({ events, refused: [], keepRefused: 10 })), ['stored claim']);
    equal((await claim(store)).length, 1);
  },
  async 'an event about no object can be finished too'(store) {
    const event = sample({ id: 'evt_1', object: '', objectId: '', shortcut: { step: 'finish' } });
    deepEqual(fates(await receive(store, event)), ['stored nothing']);
    equal((await store.counts()).objects, 0);
  },
};
