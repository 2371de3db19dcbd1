import { deepEqual, equal, rejects } from 'node:assert/strict';
import { HISTORY_LIMIT, MOST_MARKS, type EventFilter } from '../../store/store.ts';
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
    deepEqual(await found({ object: 'invoice' }), ['evt_2']);
    deepEqual(await found({ account: '', object: 'charge', objectId: 'ch_1' }), ['evt_1']);
    const [second] = (await store.listEvents({ id: 'evt_2' })).items;
    deepEqual(await found({ after: second!.seq }), ['evt_4', 'evt_3']);
    deepEqual(await found({ text: 'evt_2' }), ['evt_2']);
    deepEqual(await found({ text: 'EVT_2' }), []);
    deepEqual(await found({ since: NOW + 10 }), ['evt_2']);
    deepEqual(await found({ until: NOW + 10, id: 'evt_1' }), ['evt_1']);
    deepEqual(await found({ state: 'done' }), []);
    deepEqual(await found({ state: 'pending', limit: 1 }), ['evt_4']);
  },
  async 'text is found in payloads as bytes, and copies of the API can be left out'(store) {
    const bytes = (text: string) => Buffer.from(JSON.stringify({ text }));
    await put(
      store,
      sample({ id: 'evt_1', payload: bytes('50% café') }),
      sample({ id: 'evt_2', payload: bytes('<script>') }),
      sample({ id: '~1', type: 'paybell.copy', payload: bytes('café') }),
    );
    const found = async (filter: EventFilter) => (await store.listEvents(filter)).items.map(({ id }) => id);
    deepEqual(await found({ text: 'café' }), ['~1', 'evt_1']);
    deepEqual(await found({ text: 'café', copies: false }), ['evt_1']);
    deepEqual(await found({ text: '50% ' }), ['evt_1']);
    deepEqual(await found({ text: 't>' }), ['evt_2']);
    equal((await store.marks({ copies: false }, 10)).total, 2);
  },
  async 'marks say where every page of a list begins'(store) {
    deepEqual(await store.marks({}, 10), { total: 0, marks: [], more: false });
    const types = ['invoice.paid', 'charge.succeeded', 'charge.succeeded'];
    await put(store, ...Array.from({ length: 100 }, (_, i) => sample({ id: `evt_${i}`, type: types[i % 3]! })));
    const after = (await store.listEvents({ id: 'evt_40' })).items[0]!.seq;
    for (const filter of [{}, { type: 'charge.*' }, { type: 'invoice.paid', after }] satisfies EventFilter[])
      for (const every of [1, 7, 100]) {
        const { total, marks, more } = await store.marks(filter, every);
        const wanted = (await store.listEvents({ ...filter, limit: 1_000 })).items.map(({ seq }) => seq);
        deepEqual([total, marks.length, more], [wanted.length, Math.ceil(wanted.length / every), false]);
        equal(marks[0], wanted[0]! + 1);
        const pages = await Promise.all(marks.map((before) => store.listEvents({ ...filter, before, limit: every })));
        // In two parts, as a long list is read.
        const cut = wanted[Math.floor(wanted.length / 2)]!;
        const newer = await store.marks({ ...filter, after: cut }, every);
        const older = await store.marks({ ...filter, before: cut + 1 }, every, newer.total);
        deepEqual([newer.total + older.total, [...newer.marks, ...older.marks]], [total, marks]);
        deepEqual(
          pages.flatMap(({ items }) => items.map(({ seq }) => seq)),
          wanted,
        );
      }
  },
  async 'a list has a bounded number of marks'(store) {
    await put(store, ...Array.from({ length: MOST_MARKS + 1 }, (_, i) => sample({ id: `evt_${i}` })));
    const { total, marks, more } = await store.marks({}, 1);
    deepEqual([total, marks.length, more], [MOST_MARKS + 1, MOST_MARKS, true]);
    equal((await store.marks({ after: marks.at(-1)! - 2 }, 1)).more, false);
  },
  async 'states are counted'(store) {
    await put(store, ...['evt_1', 'evt_2', 'evt_3'].map((id) => sample({ id, objectId: id })));
    const [one, two] = await claim(store);
    const dead = [{ seq: two!.events[0]!.seq, state: 'dead', readyAt: null } as const];
    await store.settle([result(one!), result(two!, { events: dead, mirror: shown('{}') })]);
    const { events, objects } = await store.counts();
    deepEqual(events, { pending: 1, processing: 0, retrying: 0, done: 1, dead: 1, refused: 0 });
    equal(objects, 1);
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
    deepEqual(await store.objectTypes(), { card: 1, charge: 2, payment_method: 1 });
    equal((await store.getObject('charge', 'ch_1', 'acct_1'))!.account, 'acct_1');
    equal(await store.getObject('charge', 'ch_2'), undefined);
  },
  async 'objects are found by the ids that they name in indexed fields'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const show = (id: string, fields: object, parts: object = {}) =>
      store.settle([
        result(lane!, { mirror: { ...shown(JSON.stringify({ id, ...fields })), id, ...parts }, release: false }),
      ]);
    await show('ch_1', { customer: 'cus_1' });
    await show('ch_2', { customer: { id: 'cus_1', object: 'customer' } });
    await show('ch_3', { customer: 'cus_2' });
    await show('ch_4', { customer: 'cus_1' }, { account: 'acct_1' });
    await show('ch_5', { customer: 'cus_1' }, { deleted: true });
    await show('re_1', { customer: 'cus_1' }, { object: 'refund' });
    const naming = { object: 'charge', field: 'customer', id: 'cus_1', account: '', limit: 10 };
    deepEqual((await store.objectsNaming(naming)).toSorted(), ['ch_1', 'ch_2']);
    equal((await store.objectsNaming({ ...naming, limit: 1 })).length, 1);
    await rejects(store.objectsNaming({ ...naming, field: 'description' }), { code: 'bad_option' });
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
