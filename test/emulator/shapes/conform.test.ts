import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { conform, conformShape } from '../../../src/emulator/shapes/conform.ts';
import { start } from '../sdk.ts';

let invoice: JsonObject;
let customer: JsonObject;

beforeAll(async () => {
  const { stripe, world } = start();
  const { id } = await stripe.customers.create({});
  await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' });
  await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
  const [made] = world.tables.of('', 'invoice').rows();
  invoice = made!.object as JsonObject;
  customer = world.tables.of('', 'customer').get(id)!.object as JsonObject;
});

test('what is as declared has no problems', () => {
  expect(conform('invoice', invoice)).toEqual([]);
  expect(conform('customer', customer)).toEqual([]);
  expect(conform('deleted:customer', { id: 'cus_1', object: 'customer', deleted: true })).toEqual([]);
});

describe('each departure is named, with the way to it', () => {
  const without = (object: JsonObject, name: string) =>
    Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
  const line = () => (invoice['lines'] as JsonObject & { data: JsonObject[] }).data[0]!;
  const withLine = (changed: JsonObject) => ({
    ...invoice,
    lines: { ...(invoice['lines'] as JsonObject), data: [line(), changed] },
  });

  const cases: [string, () => unknown, string[]][] = [
    ['a field that is missing', () => without(invoice, 'total'), ['invoice.total is missing']],
    ['a null that may not be', () => ({ ...invoice, total: null }), ['invoice.total is null']],
    ['a field nobody declared', () => ({ ...invoice, sum: 1 }), ['invoice.sum is not declared']],
    ['half a cent', () => ({ ...invoice, total: 0.5 }), ['invoice.total is 0.5, not an integer']],
    ['a text for a number', () => ({ ...invoice, total: '5' }), ['invoice.total is "5", not an integer']],
    ['a number for a text', () => ({ ...invoice, currency: 5 }), ['invoice.currency is 5, not a string']],
    ['an id that is empty', () => ({ ...invoice, customer: '' }), ['invoice.customer is "", not an id']],
    [
      'another object',
      () => ({ ...invoice, customer: { object: 'plan' } }),
      ['invoice.customer is a plan, not customer or deleted:customer'],
    ],
    ['a list that is none', () => ({ ...invoice, lines: [] }), ['invoice.lines is not a list']],
    ['inside an item', () => withLine({ ...line(), amount: null }), ['invoice.lines.data[1].amount is null']],
    [
      'deeper still',
      () => withLine({ ...line(), period: { start: 1 } }),
      ['invoice.lines.data[1].period.end is missing'],
    ],
    ['in a map', () => ({ ...invoice, metadata: { a: 1 } }), ['invoice.metadata.a is 1, not a string']],
    ['no object at all', () => 'in_1', ['invoice is not an object']],
    ['under another name', () => ({ ...invoice, object: 'bill' }), ['invoice is a bill, not invoice']],
    [
      'several at once, the declared ones first',
      () => ({ sum: 1, ...without(invoice, 'total'), subtotal: null }),
      ['invoice.subtotal is null', 'invoice.total is missing', 'invoice.sum is not declared'],
    ],
  ];
  test.each(cases)('%s', (_, value, problems) => {
    expect(conform('invoice', value())).toEqual(problems);
  });

  test('a value of an enum', () => {
    const [problem] = conform('invoice', { ...invoice, collection_method: 'by_post' });
    expect(problem).toBe('invoice.collection_method is "by_post", not one of charge_automatically, send_invoice');
  });

  test('none of several types', () => {
    const either = { kind: 'union', of: [{ kind: 'string' }, { kind: 'integer' }] } as const;
    const shape = { ...either, of: [...either.of] };
    expect(conformShape(shape, 'a', 'value')).toEqual([]);
    expect(conformShape(shape, true, 'value')).toEqual(['value is true, not any of its types']);
  });
});
