import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { random } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { chain } from '../../src/receiver/mirror/chain.ts';
import { witness } from '../../src/receiver/mirror/evidence.ts';
import type { Fact } from '../../src/receiver/mirror/fact.ts';
import { order, search } from '../../src/receiver/mirror/order.ts';

const fresh = Number(process.env['PAYBELL_SEED']) || randomInt(1, 2 ** 31);

/** Changes of one object in one second, some of which tell less than they should, and what was there before. */
function burst(seed: number): { facts: Fact[]; bases: JsonObject[] } {
  const source = random(`chain ${seed}`);
  const pick = (below: number): number => Math.floor(source.next() * below);
  const values = 2 + pick(6);
  let object: JsonObject = { id: 'cus_1', object: 'customer', a: pick(values), b: pick(values) };
  const bases = source.next() < 0.5 ? [object] : [];
  const facts = Array.from({ length: 2 + pick(6) }, (_, i): Fact => {
    const field = source.next() < 0.7 ? 'a' : 'b';
    const before = object;
    object = { ...object, [field]: pick(values) };
    const isBirth = i === 0 && source.next() < 0.3;
    const silent = isBirth || source.next() < 0.1;
    const previous = silent ? undefined : { [field]: before[field]! };
    const type = isBirth ? 'customer.created' : 'customer.updated';
    return { id: `evt_${pick(1e9)}`, type, created: 1, object, previous };
  });
  return { facts: facts.toSorted((a, b) => (a.id < b.id ? -1 : 1)), bases };
}

test.each([1, fresh])('a chain is what comparing all orders comes to, with seed %i', (seed) => {
  let found = 0;
  for (let i = 0; i < 3_000; i += 1) {
    const { facts, bases } = burst(seed + i);
    const seen = facts.map(witness);
    const linked = chain(seen, bases);
    if (!linked) continue;
    found += 1;
    const { facts: sequence, ends } = search(seen, bases);
    expect({ i, ids: linked.map((index) => facts[index]!.id) }).toEqual({ i, ids: sequence.map(({ id }) => id) });
    expect(ends).toEqual([sequence.at(-1)!.object]);
  }
  expect(found).toBeGreaterThan(300);
});

test('a chain that was changed to and fro, that is broken, or that does not follow what was there is none', () => {
  const step = (id: string, from: number | undefined, to: number): Fact => ({
    id,
    type: 'customer.updated',
    created: 1,
    object: { id: 'cus_1', object: 'customer', a: to },
    previous: from === undefined ? undefined : { a: from },
  });
  const linked = (facts: Fact[], bases: JsonObject[] = []) => chain(facts.map(witness), bases);
  const base = (a: number): JsonObject => ({ id: 'cus_1', object: 'customer', a });
  expect(linked([step('3', 2, 3), step('1', 0, 1), step('2', 1, 2)])).toEqual([1, 2, 0]);
  expect(linked([step('1', 0, 1), step('2', 1, 0)])).toBeUndefined();
  expect(linked([step('1', 0, 1), step('2', 2, 3)])).toBeUndefined();
  expect(linked([step('1', 0, 1), step('2', 1, 2)], [base(0)])).toEqual([0, 1]);
  expect(linked([step('1', 0, 1), step('2', 1, 2)], [base(7)])).toBeUndefined();
  expect(linked([step('1', undefined, 1), step('2', undefined, 2)])).toBeUndefined();
});

test('where anything speaks against it, orders are compared', () => {
  const object = { id: 'cus_1', object: 'customer', a: 0 };
  const created: Fact = { id: '2', type: 'customer.created', created: 1, object, previous: undefined };
  // What it replaced came in between and was never told.
  const updated: Fact = {
    id: '1',
    type: 'customer.updated',
    created: 1,
    object: { ...object, a: 6 },
    previous: { a: 5 },
  };
  expect(chain([updated, created].map(witness), [])).toBeUndefined();
  expect(order([updated, created]).facts).toEqual([created, updated]);

  // A sum that falls, seen only by looking past what is between.
  const charge = (a: number, refunded: number | undefined, previous: JsonObject): Fact => ({
    id: `${a}`,
    type: 'charge.updated',
    created: 1,
    object: { id: 'ch_1', object: 'charge', a, ...(refunded !== undefined && { amount_refunded: refunded }) },
    previous,
  });
  const linked = (last: number) =>
    chain(
      [
        charge(1, 5, { a: 0 }),
        charge(2, undefined, { a: 1, amount_refunded: 5 }),
        charge(3, last, { a: 2, amount_refunded: null }),
      ].map(witness),
      [],
    );
  expect(linked(7)).toEqual([0, 1, 2]);
  expect(linked(1)).toBeUndefined();
});

test('hundreds of changes of one second are ordered without comparing orders', () => {
  const facts = Array.from({ length: 400 }, (_, i): Fact => ({
    id: `evt_${(i * 7919) % 400}`,
    type: 'customer.updated',
    created: 1,
    object: { id: 'cus_1', object: 'customer', a: i },
    previous: { a: i - 1 },
  }));
  const { facts: sequence, ends } = order(facts);
  expect(sequence.map(({ object }) => object['a'])).toEqual(facts.map((_, i) => i));
  expect(ends).toEqual([facts.at(-1)!.object]);
});
