import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { factOf } from '../../src/receiver/mirror/fact.ts';
import { tell } from '../../src/receiver/mirror/state.ts';
import { anEvent, NOW } from './events.ts';

const OLD = '2025-02-24.acacia';
const NEW = '2025-03-31.basil';

/** Every order of some events, with ids that say nothing about it. */
function endings(events: JsonObject[]): string[] {
  const ids = ['evt_a', 'evt_b', 'evt_c', 'evt_d'].slice(0, events.length);
  return permutations(ids).map((names) => {
    const facts = events.map((event, index) => factOf({ ...event, id: names[index]! })!);
    const { last, ambiguous } = tell(facts)!;
    return `${facts.indexOf(last)}${ambiguous ? ' ambiguous' : ''}`;
  });
}

function permutations<Item>(items: Item[]): Item[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

const at = (version: string, type: string, object: JsonObject, previous?: JsonObject): JsonObject => ({
  ...anEvent({ type, created: NOW, request: null, object, ...(previous && { previous }) }),
  api_version: version,
});

const item = (more: JsonObject = {}) => ({ id: 'si_1', object: 'subscription_item', quantity: 1, ...more });
const subscription = (end: number): JsonObject => ({
  id: 'sub_1',
  object: 'subscription',
  status: 'active',
  current_period_start: end - 10,
  current_period_end: end,
  discount: null,
  discounts: [],
  items: { object: 'list', data: [item()] },
});
const moved = (end: number): JsonObject => {
  const { current_period_start: _, current_period_end: __, discount: ___, ...rest } = subscription(end);
  return {
    ...rest,
    items: { object: 'list', data: [item({ current_period_start: end - 10, current_period_end: end })] },
  };
};
const was = (end: number): JsonObject => ({
  items: { data: [{ current_period_start: end - 10, current_period_end: end }] },
});

test('a subscription is followed through an upgrade that moved its period to the items', () => {
  const type = 'customer.subscription.updated';
  const events = [
    at(OLD, type, subscription(200), { current_period_start: 90, current_period_end: 100 }),
    at(NEW, type, moved(300), was(200)),
    at(NEW, type, moved(400), was(300)),
  ];
  expect(new Set(endings(events))).toEqual(new Set(['2']));
});

test('an endpoint that goes back to the older version is followed as well', () => {
  const type = 'customer.subscription.updated';
  const events = [
    at(NEW, type, moved(200), was(100)),
    at(OLD, type, subscription(300), { current_period_start: 190, current_period_end: 200 }),
    at(OLD, type, subscription(400), { current_period_start: 290, current_period_end: 300 }),
  ];
  expect(new Set(endings(events))).toEqual(new Set(['2']));
});

test('an invoice is followed through an upgrade that moved its taxes', () => {
  const invoice = {
    id: 'in_1',
    object: 'invoice',
    status: 'draft',
    discounts: [],
    lines: { object: 'list', data: [] },
  };
  const before = (tax: number): JsonObject => ({
    ...invoice,
    subscription: 'sub_1',
    tax,
    total_tax_amounts: [taxed(tax)],
  });
  const taxed = (amount: number) => ({
    amount,
    inclusive: false,
    tax_rate: null,
    taxability_reason: null,
    taxable_amount: null,
  });
  const taxes = (amount: number) => [
    { amount, tax_behavior: 'exclusive', taxability_reason: null, taxable_amount: null },
  ];
  const after = (tax: number): JsonObject => ({
    ...invoice,
    parent: { subscription_details: { subscription: 'sub_1', metadata: {} } },
    total_taxes: taxes(tax),
  });
  const events = [
    at(OLD, 'invoice.updated', before(10), { tax: 5, total_tax_amounts: [taxed(5)] }),
    at(NEW, 'invoice.updated', after(20), { total_taxes: taxes(10) }),
    at(NEW, 'invoice.updated', after(30), { total_taxes: taxes(20) }),
  ];
  expect(new Set(endings(events))).toEqual(new Set(['2']));
});

test('what is shown is what the event says, in its own version', () => {
  const told = tell([
    factOf(at(OLD, 'customer.subscription.created', subscription(200)))!,
    factOf(at(NEW, 'customer.subscription.updated', moved(300), was(200)))!,
  ])!;
  expect(told.last.object).toEqual(moved(300));
});
