import { deepEqual, equal, rejects } from 'node:assert/strict';
import { HISTORY_LIMIT } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, result, sample, shown } from './samples.ts';

export const readRules: Record<string, StoreRule> = {
  async 'events are listed newest first, in pages'(store) {
    await put(store, ...['evt_1', 'evt_2', 'evt_3'].map((id) => sample({ id })));
    const first = await store.listEvents({ limit: 2 });
    deepEqual(
      first.items.map(({ id }) => id),
      ['evt_3', 'evt_2'],
    );
    const second = await store.listEvents({ limit: 2, before: first.next! });
    deepEqual(
      second.items.map(({ id }) => id),
      ['evt_1'],
    );
    equal(second.next, null);
  },
  async 'events are found by each filter'(store) {
    const invoice = { object: 'invoice', objectId: 'in_1', type: 'invoice.paid' };
    await put(
      store,
      sample(),
      sample({ id: 'evt_2', ...invoice, receivedAt: NOW + 10 }),
      sample({ id: 'evt_3', type: 'invoiceitem.created', account: 'acct_1' }),
      sample({ id: 'evt_4', proof: null }),
    );
    const found = async (filter: Parameters<typeof store.listEvents>[0]) =>
      (await store.listEvents(filter)).items.map(({ id }) => id);
    deepEqual(await found({ type: 'invoice.*' }), ['evt_2']);
    deepEqual(await found({ type: 'invoiceitem.created' }), ['evt_3']);
    deepEqual(await found({ type: '*' }), ['evt_4', 'evt_3', 'evt_2', 'evt_1']);
    deepEqual(await found({ account: 'acct_1' }), ['evt_3']);
    deepEqual(await found({ valid: null }), ['evt_4']);
    deepEqual(await found({ ids: ['evt_1', 'evt_4', 'evt_none'] }), ['evt_4', 'evt_1']);
    deepEqual(await found({ handler: 'h' }), []);
    deepEqual(await found({ valid: true, objectId: 'ch_1' }), ['evt_3', 'evt_1']);
    deepEqual(await found({ since: NOW + 10 }), ['evt_2']);
    deepEqual(await found({ until: NOW + 10, id: 'evt_1' }), ['evt_1']);
    deepEqual(await found({ state: 'done' }), []);
    deepEqual(await found({ state: 'pending', limit: 1 }), ['evt_4']);
  },
  async 'states are counted'(store) {
    await put(store, ...['evt_1', 'evt_2', 'evt_3'].map((id) => sample({ id, objectId: id })));
    const [one, two] = await claim(store);
    const dead = [{ seq: two!.events[0]!.seq, state: 'dead', readyAt: null } as const];
    await store.settle([result(one!), result(two!, { events: dead, mirror: shown('{}') })]);
    const { events, objects, lastReceivedAt } = await store.counts();
    deepEqual(events, { pending: 1, processing: 0, retrying: 0, done: 1, dead: 1, refused: 0 });
    deepEqual({ objects, lastReceivedAt }, { objects: 1, lastReceivedAt: NOW });
  },
  async 'objects are listed by type, account and id, in pages'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const rows = [
      { object: 'card', account: '', id: 'card_1' },
      { object: 'charge', account: '', id: 'ch_1' },
      { object: 'charge', account: 'acct_1', id: 'ch_1' },
      { object: 'payment_method', account: '', id: 'card_1' },
    ];
    for (const row of rows) await store.settle([result(lane!, { mirror: { ...shown('{}'), ...row }, release: false })]);
    const names = (items: { object: string; account: string; id: string }[]) =>
      items.map(({ object, account, id }) => ({ object, account, id }));
    const first = await store.listObjects({ limit: 3 });
    deepEqual(names(first.items), rows.slice(0, 3));
    deepEqual(names((await store.listObjects({ limit: 3, after: first.next! })).items), rows.slice(3));
    deepEqual(names((await store.listObjects({ object: 'charge' })).items), rows.slice(1, 3));
    deepEqual(names((await store.listObjects({ account: 'acct_1' })).items), rows.slice(2, 3));
    equal((await store.getObject('charge', 'ch_1', 'acct_1'))!.account, 'acct_1');
    equal(await store.getObject('charge', 'ch_2'), undefined);
  },
  async 'a lane’s history is its newest proven events in whole seconds, and its deletions'(store) {
    const many = Array.from({ length: HISTORY_LIMIT + 20 }, (_, i) =>
      sample({ id: `evt_${i}`, created: i < 25 ? 1 : 100 + i, type: i === 3 ? 'charge.deleted' : 'charge.updated' }),
    );
    await put(store, ...many, sample({ id: 'evt_forged', proof: null }), sample({ id: 'evt_other', objectId: 'ch_2' }));
    const history = await store.history(' charge ch_1');
    // The 200th newest event is of second 1, which is given whole.
    equal(history.length, many.length);
    equal(history[0]!.created, 1);

    await put(store, ...Array.from({ length: 10 }, (_, i) => sample({ id: `evt_new${i}`, created: 900 + i })));
    const ids = (await store.history(' charge ch_1')).map(({ id }) => id);
    equal(ids[0], 'evt_3');
    equal(ids.length, HISTORY_LIMIT + 1);
    equal(ids.at(-1), 'evt_new9');
  },
  async 'a closed store says so'(store) {
    await store.close();
    await store.close();
    await rejects(store.counts(), { code: 'store_closed' });
  },
};
