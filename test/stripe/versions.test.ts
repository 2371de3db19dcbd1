import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { API_VERSION } from '../../src/stripe/events.gen.ts';
import { schema } from '../../src/stripe/schema.ts';
import {
  API_VERSIONS,
  NEWEST_VERSION,
  UnknownVersionError,
  VERSION_CHANGES,
  compareVersions,
  expandableAt,
  isApiVersion,
  isSentAt,
  readVersion,
  render,
  renderEvent,
  type Difference,
} from '../../src/stripe/versions/index.ts';
import { around, frozen, invoice, payment, subscription } from './sample.ts';

const ACACIA = '2025-02-24.acacia';
const BASIL = '2025-08-27.basil';
const declared = () => {
  const file = join(import.meta.dirname, '../../node_modules/stripe/esm/resources/WebhookEndpoints.d.ts');
  const union = /type ApiVersion = ([^;]+);/.exec(readFileSync(file, 'utf8'))![1]!;
  return [...union.matchAll(/'([^']+)'/g)].map(([, name]) => name!);
};

test('the versions are exactly those the SDK can ask for, oldest first', () => {
  const all = declared();
  expect(API_VERSIONS).toEqual(all.filter((name) => name >= '2024-06-20'));
  expect(all.filter((name) => !isApiVersion(name))).toEqual([]);
  expect([...API_VERSIONS].toSorted(compareVersions)).toEqual(API_VERSIONS);
  expect(NEWEST_VERSION).toBe(API_VERSION);
});

test('a Stripe-Version header is read, and a version that never was is named', () => {
  expect(readVersion(null)).toBe(NEWEST_VERSION);
  expect(readVersion('2025-03-31.basil')).toBe('2025-03-31.basil');
  expect(readVersion(' 2024-06-20 ; checkout_beta=v1')).toBe('2024-06-20');
  expect(readVersion('2020-08-27')).toBe('2020-08-27');
  for (const wrong of ['', 'latest', '2019-2-19', '2024-06-21', '2025-03-31.acacia', '2026-08-27.basil'])
    expect(() => readVersion(wrong)).toThrow(new UnknownVersionError(wrong));
  expect(() => readVersion('2019-2-19')).toThrow('Invalid Stripe API version: 2019-2-19');
});

test('every change concerns an object that exists, and says what it is', () => {
  const known = schema().objects;
  for (const { version, objects, behaviour } of VERSION_CHANGES) {
    expect(API_VERSIONS).toContain(version);
    for (const { object, what } of objects) {
      expect(Object.keys(known), version).toContain(object);
      expect(what).toMatch(/\.$/);
    }
    for (const text of behaviour) expect(text).toMatch(/\.$/);
  }
});

// What the declarations of one SDK have and those of the next do not: read off stripe 17.7.0, 18.5.0, 19.3.1 and 21.0.1.
const REMOVED: readonly [since: string, object: string, fields: string[]][] = [
  ['2025-03-31.basil', 'charge', ['invoice']],
  ['2025-03-31.basil', 'payment_intent', ['invoice']],
  ['2025-03-31.basil', 'checkout.session', ['shipping_details']],
  ['2025-03-31.basil', 'credit_note', ['refund', 'tax_amounts']],
  ['2025-03-31.basil', 'subscription', ['current_period_end', 'current_period_start', 'discount']],
  [
    '2025-03-31.basil',
    'invoice',
    [
      'application_fee_amount',
      'charge',
      'discount',
      'paid',
      'paid_out_of_band',
      'payment_intent',
      'quote',
      'subscription',
      'subscription_details',
      'tax',
      'total_tax_amounts',
      'transfer_data',
    ],
  ],
  ['2025-03-31.basil', 'invoiceitem', ['plan', 'price', 'subscription', 'unit_amount', 'unit_amount_decimal']],
  ['2025-03-31.basil', 'plan', ['aggregate_usage']],
  [
    '2025-03-31.basil',
    'line_item',
    ['amount_excluding_tax', 'plan', 'price', 'proration', 'proration_details', 'tax_amounts', 'tax_rates', 'type'],
  ],
  ['2025-03-31.basil', 'credit_note_line_item', ['amount_excluding_tax', 'tax_amounts', 'unit_amount_excluding_tax']],
  ['2025-09-30.clover', 'discount', ['coupon']],
  ['2025-09-30.clover', 'promotion_code', ['coupon']],
];

test.for(REMOVED)('%s took from %s: %j', ([since, object, fields]) => {
  const bare: JsonObject = object === 'subscription' ? subscription : { id: 'x_1', object };
  const last = API_VERSIONS[API_VERSIONS.indexOf(since as never) - 1]!;
  expect(Object.keys(render(bare, last, around))).toEqual(expect.arrayContaining(fields));
  for (const name of fields) expect(Object.keys(render(bare, since, around))).not.toContain(name);
  for (const name of fields) expect(Object.keys(schema().objects[object]!.fields)).not.toContain(name);
});

test('an invoice of before basil: parent, payments, taxes and lines in their old places', () => {
  const old = render(frozen(invoice), ACACIA, around);
  expect(old).toMatchObject({
    subscription: 'sub_1',
    subscription_details: { metadata: { plan: 'pro' } },
    quote: null,
    charge: 'ch_1',
    payment_intent: 'pi_1',
    paid: true,
    paid_out_of_band: false,
    tax: 190,
    total_tax_amounts: [{ amount: 190, inclusive: false, tax_rate: 'txr_1' }],
    // From before clover, and so looked up twice over: the discount, then the coupon that it only names.
    discount: { id: 'di_1', coupon: { id: 'half', percent_off: 50 } },
    discounts: ['di_1'],
    metadata: { object: 'discount', coupon: 'mine' },
  });
  expect((old['lines'] as { data: JsonObject[] }).data[0]).toMatchObject({
    type: 'subscription',
    proration: true,
    subscription: 'sub_1',
    subscription_item: 'si_1',
    price: { id: 'price_1', recurring: { interval: 'month', aggregate_usage: null } },
    plan: { id: 'price_1', object: 'plan', amount: 500, interval: 'month', aggregate_usage: null },
    amount_excluding_tax: 1000,
    unit_amount_excluding_tax: '500',
    tax_amounts: [{ amount: 190, inclusive: true }],
    tax_rates: [{ id: 'txr_1', percentage: 19 }],
  });
  expect(old['parent']).toEqual(invoice['parent']);
});

test('what nothing is known about is null, never invented', () => {
  expect(render(invoice, ACACIA)).toMatchObject({ charge: null, payment_intent: null, discount: null, paid: true });
  expect(render({ object: 'charge', id: 'ch_9' }, ACACIA, around)).toMatchObject({ invoice: null });
  expect(render({ object: 'invoiceitem', pricing: null }, ACACIA)).toMatchObject({ price: null, unit_amount: null });
});

test('payments point back at their invoice', () => {
  expect(render({ object: 'payment_intent', id: 'pi_1' }, ACACIA, around)).toMatchObject({ invoice: 'in_1' });
  expect(render({ object: 'charge', id: 'ch_1', payment_intent: 'pi_1' }, ACACIA, around)).toMatchObject({
    invoice: 'in_1',
  });
  expect(render({ ...invoice, payments: { object: 'list', data: [payment] } }, ACACIA)).toMatchObject({
    payment_intent: 'pi_1',
    charge: null,
  });
});

test('a subscription has the period that ends first, and its items keep theirs', () => {
  const old = render(frozen(subscription), ACACIA, around);
  expect(old).toMatchObject({ current_period_start: 200, current_period_end: 500, items: subscription['items'] });
});

test('renames go back, inside lists too', () => {
  const list = { object: 'list', data: [{ object: 'checkout.session', ui_mode: 'hosted_page' }] };
  expect(render(frozen(list), '2026-02-25.clover')).toEqual({
    object: 'list',
    data: [{ object: 'checkout.session', ui_mode: 'hosted' }],
  });
  expect(render({ object: 'checkout.session', ui_mode: 'form' }, BASIL)).toMatchObject({ ui_mode: 'form' });
  expect(render({ object: 'reserve.release', reason: 'hold_expired' }, BASIL)).toMatchObject({
    reason: 'bulk_hold_expiry',
  });
});

test('nothing is copied that stays the same', () => {
  expect(render(invoice, NEWEST_VERSION, around)).toBe(invoice);
  expect(render(invoice, '2025-09-30.clover', around)).toBe(invoice);
  const old = render(invoice, ACACIA, around);
  expect(old['parent']).toBe(invoice['parent']);
});

test('versions before the oldest are shown as the oldest', () => {
  expect(render(invoice, '2020-08-27', around)).toEqual(render(invoice, '2024-06-20', around));
});

test('the fields that came back can be expanded', () => {
  expect(expandableAt('invoice', ACACIA)).toMatchObject({ charge: 'charge', subscription: 'subscription' });
  expect(expandableAt('invoice', BASIL)).toEqual({});
});

// The whole of the old values, as far as they differ: enough to see what is told anew.
const difference: Difference = (_object, before, after) =>
  Object.fromEntries(
    Object.entries(before).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(after[key])),
  );

test('an event at an older version tells what changed in the old places', () => {
  const item = (end: number) => ({
    id: 'si_1',
    object: 'subscription_item',
    current_period_start: 0,
    current_period_end: end,
  });
  const event = frozen({
    id: 'evt_1',
    object: 'event',
    api_version: NEWEST_VERSION,
    type: 'customer.subscription.updated',
    data: {
      object: { id: 'sub_1', object: 'subscription', discounts: [], items: { object: 'list', data: [item(200)] } },
      previous_attributes: { items: { data: [item(100)] } },
    },
  });
  expect(renderEvent(event, ACACIA, difference)).toMatchObject({
    api_version: ACACIA,
    data: {
      object: { current_period_end: 200 },
      previous_attributes: { current_period_end: 100, items: { data: [item(100)] } },
    },
  });
  const same = renderEvent(event, BASIL, difference);
  expect(same).toEqual({ ...event, api_version: BASIL });
});

test('refund events were not sent for refunds of a charge before 2024-10-28.acacia', () => {
  const ofCharge = { object: 'refund', charge: 'ch_1' };
  expect(isSentAt('refund.created', ofCharge, '2024-09-30.acacia')).toBe(false);
  expect(isSentAt('refund.created', ofCharge, '2024-10-28.acacia')).toBe(true);
  expect(isSentAt('refund.created', { object: 'refund', charge: null }, '2024-09-30.acacia')).toBe(true);
  expect(isSentAt('charge.refunded', { object: 'charge' }, '2024-06-20')).toBe(true);
});
