import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { schema } from '../../src/stripe/schema.ts';
import {
  VERSION_CHANGES,
  paramsAt,
  paramsSince,
  refusalOf,
  requestChanges,
  respellParams,
  upgradeParams,
} from '../../src/stripe/versions/index.ts';
import { frozen } from './sample.ts';

const ACACIA = '2025-02-24.acacia';
const BASIL = '2025-08-27.basil';
const CLOVER = '2026-02-25.clover';
const DAHLIA = '2026-08-26.dahlia';
const NEWEST = '2026-10-28.endive';

const operation = (call: string) => {
  const [method, path] = call.split(' ');
  const shape = (text: string) => text.replaceAll(/\{[^}]*\}/g, '{}');
  const found = schema().operations.find((entry) => entry.method === method && shape(entry.path) === path);
  if (!found) throw new Error(`no operation ${call}`);
  return found;
};

test('every call that a change names exists', () => {
  const calls = VERSION_CHANGES.flatMap(({ requests }) => requests.flatMap((change) => change.calls));
  expect(calls.length).toBeGreaterThan(30);
  for (const call of calls) expect(operation(call)).toBeDefined();
});

// call, version, what was sent then, what today's API calls it
const UPGRADES: readonly [call: string, version: string, then: JsonObject, now: JsonObject][] = [
  ['POST /v1/subscriptions', BASIL, { customer: 'cus_1' }, { customer: 'cus_1', billing_mode: { type: 'classic' } }],
  ['POST /v1/subscriptions', CLOVER, { customer: 'cus_1' }, { customer: 'cus_1' }],
  [
    'POST /v1/subscriptions',
    ACACIA,
    { coupon: 'half', billing_mode: { type: 'flexible' } },
    { discounts: [{ coupon: 'half' }], billing_mode: { type: 'flexible' } },
  ],
  ['POST /v1/subscriptions/{}', ACACIA, { coupon: '' }, { discounts: '' }],
  ['POST /v1/subscriptions/{}', ACACIA, { promotion_code: 'promo_1' }, { discounts: [{ promotion_code: 'promo_1' }] }],
  ['POST /v1/subscriptions/{}', BASIL, { billing_cycle_anchor: 'now' }, { billing_cycle_anchor: { type: 'now' } }],
  [
    'POST /v1/subscriptions/{}',
    NEWEST,
    { billing_cycle_anchor: { type: 'now' } },
    { billing_cycle_anchor: { type: 'now' } },
  ],
  [
    'POST /v1/invoices/create_preview',
    CLOVER,
    { subscription_details: { billing_cycle_anchor: '1800000000' } },
    { subscription_details: { billing_cycle_anchor: { type: 'timestamp', timestamp: 1800000000 } } },
  ],
  ['POST /v1/invoiceitems', ACACIA, { price: 'price_1' }, { pricing: { price: 'price_1' } }],
  ['POST /v1/invoiceitems', ACACIA, { unit_amount: 500 }, { unit_amount_decimal: '500' }],
  ['POST /v1/invoiceitems', BASIL, { unit_amount: 500 }, { unit_amount: 500 }],
  ['POST /v1/invoices/{}/add_lines', ACACIA, { lines: [{ price: 'p' }] }, { lines: [{ pricing: { price: 'p' } }] }],
  ['POST /v1/promotion_codes', BASIL, { coupon: 'half' }, { promotion: { type: 'coupon', coupon: 'half' } }],
  ['POST /v1/credit_notes', ACACIA, { refund: 're_1' }, { refunds: [{ refund: 're_1' }] }],
  [
    'POST /v1/prices',
    ACACIA,
    { recurring: { interval: 'month', aggregate_usage: 'sum' } },
    { recurring: { interval: 'month' } },
  ],
  [
    'POST /v1/subscription_schedules',
    ACACIA,
    { from_subscription: 'sub_1', phases: [{ coupon: 'half' }] },
    { from_subscription: 'sub_1', phases: [{ discounts: [{ coupon: 'half' }] }] },
  ],
  ['POST /v1/checkout/sessions', CLOVER, { ui_mode: 'embedded' }, { ui_mode: 'embedded_page' }],
  [
    'POST /v1/checkout/sessions',
    BASIL,
    { mode: 'subscription' },
    { mode: 'subscription', subscription_data: { billing_mode: { type: 'classic' } } },
  ],
  ['POST /v1/payment_intents', DAHLIA, { payment_method_types: ['card'] }, { allowed_payment_method_types: ['card'] }],
  ['POST /v1/customers', ACACIA, { email: 'a@b.c' }, { email: 'a@b.c' }],
];

test.for(UPGRADES)('%s at %s: %j is %j today', ([call, version, then, now]) => {
  expect(upgradeParams(operation(call), frozen(then), version)).toEqual(now);
});

test('what an upgrade writes, today’s API takes; what it reads, the older one took', () => {
  for (const [call, version, then, now] of UPGRADES) {
    const known = operation(call).params;
    if (version !== BASIL || !('unit_amount' in now))
      for (const name of Object.keys(now)) expect(Object.keys(known), call).toContain(name);
    if (version !== BASIL || !('unit_amount' in then))
      for (const name of Object.keys(then))
        expect(Object.keys(paramsAt(operation(call), version)), call).toContain(name);
  }
});

test('parameters of an older version are added where they were, without touching the schema', () => {
  const schedules = operation('POST /v1/subscription_schedules');
  const before = JSON.stringify(schedules);
  const at = (version: string) => {
    const { phases } = paramsAt(schedules, version);
    return phases?.kind === 'array' && phases.of.kind === 'object' ? Object.keys(phases.of.fields) : [];
  };
  expect(at(ACACIA)).toEqual(expect.arrayContaining(['coupon', 'iterations', 'discounts']));
  expect(at(BASIL)).toContain('iterations');
  expect(at(BASIL)).not.toContain('coupon');
  expect(paramsAt(schedules, NEWEST)).toBe(schedules.params);
  expect(JSON.stringify(schedules)).toBe(before);
});

test('a parameter that was reshaped has the shape of its version', () => {
  const update = operation('POST /v1/subscriptions/{}');
  expect(paramsAt(update, DAHLIA)['billing_cycle_anchor']).toMatchObject({
    kind: 'enum',
    values: ['now', 'unchanged'],
  });
  expect(paramsAt(update, NEWEST)['billing_cycle_anchor']).toMatchObject({ kind: 'object' });
});

test('what Stripe refuses with a code of its own', () => {
  const intents = operation('POST /v1/payment_intents');
  const params = { payment_method_types: ['card'] };
  expect(refusalOf(intents, params, NEWEST)?.code).toBe('payment_method_types_no_longer_supported');
  expect(refusalOf(intents, params, '2026-09-30.endive')?.parameter).toBe('payment_method_types');
  expect(refusalOf(intents, params, DAHLIA)).toBeUndefined();
  expect(refusalOf(intents, { amount: 1 }, NEWEST)).toBeUndefined();
});

test('a request at the newest version has nothing to change', () => {
  expect(requestChanges(NEWEST)).toEqual([]);
  expect(requestChanges('2024-06-20').length).toBe(VERSION_CHANGES.flatMap((entry) => entry.requests).length);
});

test('a request of no version may use any spelling since one, and gets today’s defaults', () => {
  const update = operation('POST /v1/subscriptions/{}');
  expect(paramsSince(update, ACACIA)['billing_cycle_anchor']).toMatchObject({
    kind: 'union',
    of: [{ kind: 'object' }, { kind: 'enum', values: ['now', 'unchanged'] }],
  });
  expect(paramsSince(update, ACACIA)['coupon']).toMatchObject({ kind: 'string' });
  expect(paramsSince(update, NEWEST)).toBe(update.params);
  const create = operation('POST /v1/subscriptions');
  expect(respellParams(create, frozen({ coupon: 'half' }), ACACIA)).toEqual({ discounts: [{ coupon: 'half' }] });
});
