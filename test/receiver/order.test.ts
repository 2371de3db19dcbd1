import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { factOf, type Fact } from '../../src/receiver/mirror/fact.ts';
import { order } from '../../src/receiver/mirror/order.ts';
import { tell } from '../../src/receiver/mirror/state.ts';
import { aCharge, anEvent, NOW, type EventParts } from './events.ts';
import { HISTORIES, live } from './histories.ts';

const facts = (events: readonly JsonObject[]): Fact[] => events.map((event) => factOf(event)!);
const fact = (parts: EventParts): Fact => factOf(anEvent(parts))!;

test.each(Object.entries(HISTORIES))('%s: told backwards, it ends as it happened', (_, events) => {
  const told = tell(facts(events.toReversed()))!;
  expect(told.last.object).toEqual(events.at(-1)!.data.object);
  expect(told.ambiguous).toBe(false);
});

test.each(Object.entries(HISTORIES))('%s: each state follows the one before', (_, events) => {
  const { sequence } = tell(facts(events.toReversed()))!;
  expect(sequence.map(({ object }) => object)).toEqual(events.map(({ data }) => data.object));
});

test('a deletion is final, whatever comes later', () => {
  const events = [
    fact({ id: 'evt_1', type: 'customer.created', created: NOW, object: { id: 'cus_1', object: 'customer' } }),
    fact({ id: 'evt_2', type: 'customer.deleted', created: NOW + 1, object: { id: 'cus_1', object: 'customer' } }),
    fact({
      id: 'evt_3',
      type: 'customer.updated',
      created: NOW + 9,
      object: { id: 'cus_1', object: 'customer', name: 'x' },
    }),
  ];
  expect(tell(events)).toMatchObject({ deleted: true, last: { id: 'evt_2' } });
});

test('within a second a deletion is last and a creation first, whatever their ids', () => {
  const object = { id: 'cus_1', object: 'customer' };
  const deleted = fact({ id: 'evt_1', type: 'customer.deleted', object });
  const updated = fact({ id: 'evt_2', type: 'customer.updated', object: { ...object, name: 'x' } });
  const created = fact({ id: 'evt_3', type: 'customer.created', object });
  expect(order([deleted, updated, created]).facts).toEqual([created, updated, deleted]);
});

test('a cancelled subscription and a detached card are no deletions', () => {
  for (const type of ['customer.subscription.deleted', 'payment_method.detached'])
    expect(tell([fact({ type, object: { id: 'x', object: type.split('.').at(-2)! } })])!.deleted).toBe(false);
});

test('what came to and fro is told by the second before it', () => {
  const a = aCharge({ id: 'ch_1', description: 'a' });
  const b = { ...a, description: 'b' };
  const to = fact({ id: 'evt_to', type: 'charge.updated', created: NOW, object: b, previous: { description: 'a' } });
  const fro = fact({ id: 'evt_fro', type: 'charge.updated', created: NOW, object: a, previous: { description: 'b' } });
  expect(order([to, fro]).ends).toEqual([b, a]);
  const before = (object: JsonObject) => fact({ id: 'evt_before', type: 'charge.updated', created: NOW - 1, object });
  expect(tell([fro, to, before(a)])).toMatchObject({ last: { id: 'evt_fro' }, ambiguous: false });
  expect(tell([fro, to, before(b)])).toMatchObject({ last: { id: 'evt_to' }, ambiguous: false });
});

test('nothing to tell them apart: one answer, always the same, marked', () => {
  const two = ['a', 'b'].map((description) =>
    fact({ id: `evt_${description}`, type: 'charge.updated', object: aCharge({ id: 'ch_1', description }) }),
  );
  expect(tell(two)).toMatchObject({ last: { id: 'evt_b' }, ambiguous: true });
  expect(tell(two.toReversed())).toMatchObject({ last: { id: 'evt_b' }, ambiguous: true });
  const same = two.map((one) => ({ ...one, object: two[0]!.object }));
  expect(tell(same)).toMatchObject({ ambiguous: false });
});

test.each<[string, JsonObject, JsonObject]>([
  ['a longer list', { balance_transactions: [{}] }, { balance_transactions: [{}, {}] }],
  ['a higher status', { status: 'under_review' }, { status: 'lost' }],
  ['a flag that is never set again', { is_charge_refundable: true }, { is_charge_refundable: false }],
  [
    'a counter within a hash',
    { evidence_details: { submission_count: 0 } },
    { evidence_details: { submission_count: 1 } },
  ],
])('%s is later', (_, before, after) => {
  const [first, second] = [before, after].map((fields, i) =>
    // The ids alone would say the opposite.
    fact({ id: `evt_${2 - i}`, type: 'charge.dispute.updated', object: { id: 'dp_1', object: 'dispute', ...fields } }),
  );
  expect(order([second!, first!])).toEqual({ facts: [first, second], ends: [second!.object] });
});

test('a list object that grows, a null that is filled, a sum that rises', () => {
  for (const [before, after] of [
    [{ refunds: { object: 'list', data: [] } }, { refunds: { object: 'list', data: [{}] } }],
    [{ balance_transaction: null }, { balance_transaction: 'txn_1' }],
    [{ amount_refunded: 0 }, { amount_refunded: 1 }],
    [{ captured: false }, { captured: true }],
  ] as [JsonObject, JsonObject][]) {
    const [first, second] = [before, after].map((fields, i) =>
      fact({ id: `evt_${2 - i}`, type: 'charge.updated', object: aCharge({ id: 'ch_1', ...fields }) }),
    );
    expect(order([second!, first!]).facts).toEqual([first, second]);
  }
});

test('what an event says it replaced outweighs the status order', () => {
  const base = { id: 'in_1', object: 'invoice' };
  const paid = fact({
    id: 'evt_1',
    type: 'invoice.updated',
    object: { ...base, status: 'paid' },
    previous: { status: 'open' },
  });
  const reopened = fact({
    id: 'evt_2',
    type: 'invoice.updated',
    object: { ...base, status: 'open' },
    previous: { status: 'paid' },
  });
  const opened = fact({
    id: 'evt_3',
    type: 'invoice.updated',
    object: { ...base, status: 'open' },
    previous: { status: 'draft' },
  });
  expect(order([paid, reopened, opened]).facts).toEqual([opened, paid, reopened]);
});

test('a hash changed in part, an item of a list changed in part, a key that was not there', () => {
  const base = { id: 'sub_1', object: 'subscription', items: { data: [{ id: 'si_1', quantity: 1 }] }, metadata: {} };
  const start = fact({ id: 'evt_9', type: 'customer.subscription.updated', object: base, previous: { status: 'x' } });
  const quantity = { ...base, items: { data: [{ id: 'si_1', quantity: 2 }] } };
  const more = fact({
    id: 'evt_5',
    type: 'customer.subscription.updated',
    object: quantity,
    previous: { items: { data: [{ quantity: 1 }] } },
  });
  const tagged = fact({
    id: 'evt_1',
    type: 'customer.subscription.updated',
    object: { ...quantity, metadata: { k: 'v' } },
    previous: { metadata: { k: null } },
  });
  expect(order([tagged, more, start])).toEqual({ facts: [start, more, tagged], ends: [tagged.object] });
});

test('fifty events of one second are ordered as well', () => {
  const steps = Array.from({ length: 50 }, (_, i) => ({
    type: 'customer.updated',
    set: { name: `name ${i % 7}`, step: i },
  }));
  const events = live({ id: 'cus_1', object: 'customer', name: 'a' }, [
    { type: 'customer.created', told: false },
    ...steps,
  ]);
  const told = tell(facts(events.toSorted((a, b) => (a.id < b.id ? -1 : 1))))!;
  expect(told.last.object).toEqual(events.at(-1)!.data.object);
});

test('a hundred changes of one object within one second are told apart, and do not stop the process', () => {
  const facts = Array.from({ length: 100 }, (_, i): Fact => {
    const object = { id: 'cus_1', object: 'customer', description: `${i}` };
    // Ids that say nothing of the order.
    const id = `evt_${String((i * 37) % 100).padStart(3, '0')}`;
    const previous = i === 0 ? undefined : { description: `${i - 1}` };
    return { id, type: i === 0 ? 'customer.created' : 'customer.updated', created: 1, object, previous };
  });
  const { facts: ordered, ends } = order(facts);
  expect(ordered.map(({ object }) => object['description'])).toEqual(facts.map((_, i) => `${i}`));
  expect(ends).toHaveLength(1);
});
