import { deepEqual, equal } from 'node:assert/strict';
import type { Erased, Pruned, Store } from '../../store/store.ts';
import type { StoreRule } from '../store-conformance.ts';
import { claim, NOW, put, record, reopen, result, sample, shown } from './samples.ts';

const OLD = { before: NOW + 1000, rowsBefore: NOW - 1000, dead: false, limit: 100, after: 0 };
const SECOND = 1_790_000_000;

/** Stores events of charge ch_1, is done with them, and shows the second of the last. */
async function done(store: Store, ...events: Parameters<typeof sample>[0][]): Promise<number[]> {
  await put(store, ...events.map((parts) => sample(parts)));
  const [lane] = await claim(store);
  const seqs = lane!.events.map(({ seq }) => seq);
  const last = lane!.events.at(-1)!;
  const mirror = { ...shown('{"a":1}'), created: last.created, eventId: last.id };
  await store.settle([result(lane!, { mirror, records: [record(seqs[0]!, { error: 'because of a@example.com' })] })]);
  return seqs;
}

const kept = async (store: Store) =>
  (await store.listEvents()).items.map(({ id, pruned }) => `${id}${pruned ? ' pruned' : ''}`).toSorted();
const counts = ({ payloads, rows }: Pruned) => [payloads, rows];

export const privacyRules: Record<string, StoreRule> = {
  async 'old payloads go and their rows stay, so that a resend is a duplicate; what the mirror shows rests on stays'(
    store,
  ) {
    const [first] = await done(store, { created: SECOND }, { id: 'evt_2', created: SECOND + 1 });
    deepEqual(counts(await store.prune(OLD)), [1, 0]);
    deepEqual(await kept(store), ['evt_1 pruned', 'evt_2']);
    const event = (await store.getEvent('evt_1'))!;
    deepEqual([event.payload.length, event.pruned, event.handlers[0]!.error], [0, true, null]);
    deepEqual(await put(store, sample()), ['duplicate']);
    deepEqual(
      (await store.history(' charge ch_1')).map(({ id }) => id),
      ['evt_2'],
    );
    deepEqual((await reopen(store, [{ seq: first!, reset: ['h'], skip: [] }])).outcomes, ['pruned']);
    deepEqual(counts(await store.prune({ ...OLD, rowsBefore: NOW + 1000 })), [0, 1]);
    deepEqual(await kept(store), ['evt_2']);
  },
  async 'what is young, open, dead or in hand is not pruned; the dead letter is when told so'(store) {
    await put(store, sample(), sample({ id: 'evt_2', objectId: 'ch_2' }), sample({ id: 'evt_3', objectId: 'ch_3' }));
    const lanes = await claim(store);
    const of = (id: string) => lanes.find(({ events }) => events[0]!.id === id)!;
    const dead = [{ seq: of('evt_1').events[0]!.seq, state: 'dead', readyAt: null } as const];
    await store.settle([result(of('evt_1'), { events: dead }), result(of('evt_2'), { release: false })]);
    deepEqual(counts(await store.prune(OLD)), [0, 0]);
    await store.settle([result(of('evt_2'))]);
    deepEqual(counts(await store.prune({ ...OLD, before: NOW })), [0, 0]);
    deepEqual(counts(await store.prune(OLD)), [1, 0]);
    deepEqual(counts(await store.prune({ ...OLD, dead: true })), [1, 0]);
    deepEqual(await kept(store), ['evt_1 pruned', 'evt_2 pruned', 'evt_3']);
  },
  async 'pruning goes on where it stopped'(store) {
    await done(store, {}, { id: 'evt_2', created: SECOND + 1 }, { id: 'evt_3', created: SECOND + 2 });
    let after: number | null = 0;
    let payloads = 0;
    for (let batches = 0; after !== null && batches < 5; batches += 1) {
      const pruned: Pruned = await store.prune({ ...OLD, limit: 1, after });
      payloads += pruned.payloads;
      after = pruned.next;
    }
    deepEqual([payloads, after], [2, null]);
  },
  async 'a payload may be kept masked, with the names of what is missing'(store) {
    await put(store, sample());
    const [lane] = await claim(store);
    const { seq } = lane!.events[0]!;
    equal((await store.getEvent('evt_1'))!.redacted, null);
    await store.settle([result(lane!, { payloads: [{ seq, payload: Buffer.from('{}'), fields: ['email'] }] })]);
    const event = (await store.getEvent('evt_1'))!;
    deepEqual([Buffer.from(event.payload).toString(), event.redacted], ['{}', ['email']]);
  },
  async 'a text is erased wherever it occurs, and nothing else is touched'(store) {
    const payload = Buffer.from('{"customer":"cus_1","email":"a@example.com"}');
    await put(store, sample({ payload }), sample({ id: 'evt_2', objectId: 'ch_2' }));
    const [one] = await claim(store);
    const { seq } = one!.events[0]!;
    const failed = record(seq, { error: 'a@example.com' });
    await store.settle([result(one!, { mirror: shown(payload.toString()), records: [failed] })]);
    const refusal = { reason: 'no_match', detail: '', signature: '', size: 44, body: payload, receivedAt: NOW };
    await store.insert({ events: [], refused: [refusal, { ...refusal, body: Buffer.from('x') }], keepRefused: 9 });
    const total = { events: 0, objects: 0, refused: 0 };
    const mask = (json: string) => ({ json: json.replace('a@example.com', 'x'), fields: ['email'] });
    let after: string | null = '';
    while (after !== null) {
      const erased: Erased = await store.erase({ text: '"cus_1"', mask, limit: 1, after });
      for (const part of ['events', 'objects', 'refused'] as const) total[part] += erased[part];
      after = erased.next;
    }
    deepEqual(total, { events: 1, objects: 1, refused: 1 });
    const event = (await store.getEvent('evt_1'))!;
    deepEqual([event.redacted, event.handlers[0]!.error], [['email'], null]);
    equal(Buffer.from(event.payload).toString(), '{"customer":"cus_1","email":"x"}');
    const { json } = (await store.getObject('charge', 'ch_1'))!;
    deepEqual(JSON.parse(json), { customer: 'cus_1', email: 'x' });
    equal((await store.getEvent('evt_2'))!.redacted, null);
    deepEqual(
      (await store.listRefused()).items.map(({ body }) => Buffer.from(body).toString()),
      ['x', ''],
    );
    await store.compact();
    equal((await store.listEvents()).items.length, 2);
  },
};
