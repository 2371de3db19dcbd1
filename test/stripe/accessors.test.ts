import type Stripe from 'stripe';
import { expect, expectTypeOf, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import {
  chargeOf,
  couponOf,
  discountsOf,
  isPaid,
  isProration,
  paymentIntentOf,
  periodEnd,
  periodStart,
  priceOf,
  quoteOf,
  subscriptionMetadataOf,
  subscriptionOf,
  taxOf,
} from '../../src/stripe/accessors.ts';
import { API_VERSIONS, render } from '../../src/stripe/versions/index.ts';
import { around, invoice, payment, subscription } from './sample.ts';

const withPayments: JsonObject = { ...invoice, payments: { object: 'list', data: [payment] } };

test.for(API_VERSIONS)('the same answers at %s', (version) => {
  const at = (object: JsonObject) => {
    // An object of an older version as such an account would get it: the places that came later are not there yet.
    const shown = render(object, version, around);
    if (version >= '2025-03-31') return shown;
    const { parent: _parent, payments: _payments, total_taxes: _taxes, ...old } = shown;
    return old;
  };
  expect(subscriptionOf(at(invoice))).toBe('sub_1');
  expect(subscriptionMetadataOf(at(invoice))).toEqual({ plan: 'pro' });
  expect(quoteOf(at(invoice))).toBeNull();
  expect(paymentIntentOf(at(withPayments))).toBe('pi_1');
  expect(isPaid(at(invoice))).toBe(true);
  expect(taxOf(at(invoice))).toBe(190);
  expect(discountsOf(at(invoice))).toEqual(['di_1']);
  expect(periodStart(at(subscription))).toBe(200);
  expect(periodEnd(at(subscription))).toBe(500);
  const line = (at(invoice)['lines'] as { data: JsonObject[] }).data[0]!;
  expect([subscriptionOf(line), priceOf(line), isProration(line)]).toEqual(['sub_1', 'price_1', true]);
  expect(couponOf(at(around.object('di_1')!))).toBe('half');
});

test('expanded objects answer with their ids', () => {
  const expanded = {
    payments: {
      data: [{ status: 'paid', payment: { payment_intent: { id: 'pi_2', latest_charge: { id: 'ch_2' } } } }],
    },
    parent: { subscription_details: { subscription: { id: 'sub_2' } } },
  };
  expect([paymentIntentOf(expanded), chargeOf(expanded), subscriptionOf(expanded)]).toEqual(['pi_2', 'ch_2', 'sub_2']);
  expect(chargeOf({ charge: { id: 'ch_3' } })).toBe('ch_3');
});

test('nothing known is null, not a guess', () => {
  expect([subscriptionOf({}), quoteOf({}), periodEnd({}), periodStart({}), paymentIntentOf({}), chargeOf({})]).toEqual(
    Array.from({ length: 6 }, () => null),
  );
  expect([taxOf({}), priceOf({ pricing: null }), couponOf({ source: { coupon: null } })]).toEqual([null, null, null]);
  expect([isPaid({ status: 'open', paid: false }), isProration({})]).toEqual([false, false]);
  expect([discountsOf({ discounts: [] }), subscriptionMetadataOf({ parent: null })]).toEqual([[], {}]);
});

test('of several payments the one that settled the invoice counts', () => {
  const payments = {
    data: [
      { status: 'canceled', is_default: true, payment: { payment_intent: 'pi_old' } },
      { status: 'paid', is_default: false, payment: { payment_intent: 'pi_new' } },
    ],
  };
  expect(paymentIntentOf({ payments })).toBe('pi_new');
  expect(paymentIntentOf({ payments: { data: payments.data.slice(0, 1) } })).toBe('pi_old');
});

test('they take what the SDK types', () => {
  expectTypeOf(subscriptionOf).toBeCallableWith({} as Stripe.Invoice);
  expectTypeOf(periodEnd).toBeCallableWith({} as Stripe.Subscription);
  // @ts-expect-error an id is not an object
  expectTypeOf(subscriptionOf).toBeCallableWith('in_1');
});
