import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mergeMetadata } from '../../metadata.ts';
import { needReference } from '../../references.ts';
import { taxRates } from '../invoices/create.ts';
import { boundary, type Recurring } from '../math/calendar.ts';
import { readPrice, readQuantity } from '../subscriptions/items.ts';
import { recurringOf } from '../subscriptions/periods.ts';

type Schedule = Stored<'subscription_schedule'>;
type ShownPhase = Schedule['phases'][number];
type Given = Stripe.SubscriptionScheduleCreateParams.Phase & {
  start_date?: number | 'now';
  end_date?: number | 'now';
  iterations?: number;
};

/** One phase: as the API shows it, and what a subscription is created or changed with when it begins. */
export type Phase = { start: number; end: number; shown: ShownPhase; given: JsonObject };

const NOT_MODELLED = ['application_fee_percent', 'billing_thresholds', 'on_behalf_of', 'transfer_data'] as const;

/**
 * Reads phases, each beginning where the one before ends. One that says nothing of its end lasts one interval of its
 * first price.
 */
export function readPhases(tx: Transaction, given: readonly Given[], from: number): Phase[] {
  if (given.length === 0) throw stripeError('parameter_missing', ['phases'], 'phases');
  const phases: Phase[] = [];
  let start = from;
  for (const [i, phase] of given.entries()) {
    phases.push(readPhase(tx, phase, start, `phases[${i}]`));
    start = phases.at(-1)!.end;
  }
  return phases;
}

function readPhase(tx: Transaction, phase: Given, start: number, at: string): Phase {
  for (const name of NOT_MODELLED)
    if (phase[name] !== undefined) throw stripeError('paybell_not_modelled', [`\`${at}[${name}]\``], `${at}[${name}]`);
  if (!phase.items?.length) throw stripeError('parameter_missing', [`${at}[items]`], `${at}[items]`);
  const items = phase.items.map((item, i) => readItem(tx, item as never, `${at}[items][${i}]`));
  const [{ price }] = items as [(typeof items)[number]];
  const end = endOf(phase, start, recurringOf(price), at);
  const trialEnd = phase.trial ? end : (phase.trial_end ?? null);
  const rates = taxRates(tx, phase.default_tax_rates || undefined, `${at}[default_tax_rates]`);
  const discounts = named(phase.discounts || []);
  const method = phase.default_payment_method ?? null;
  if (method) needReference(tx, ['payment_method'], method, `${at}[default_payment_method]`);
  const prorations = phase.proration_behavior ?? 'create_prorations';
  const collection = phase.collection_method ?? null;
  const days = phase.invoice_settings?.days_until_due ?? null;
  const plain = {
    ...(collection && { collection_method: collection }),
    ...(collection === 'send_invoice' && { days_until_due: days ?? 30 }),
    ...(method && { default_payment_method: method }),
    ...(phase.description !== undefined && { description: phase.description }),
    ...(rates && { default_tax_rates: rates.map(({ id }) => id) }),
    ...(phase.discounts && { discounts: phase.discounts }),
    ...(phase.metadata && { metadata: phase.metadata }),
    ...(phase.add_invoice_items && { add_invoice_items: phase.add_invoice_items }),
    ...(trialEnd !== null && { trial_end: trialEnd }),
  };
  return {
    start,
    end,
    given: {
      ...plain,
      items: items.map(({ given }) => given),
      proration_behavior: prorations,
    } as unknown as JsonObject,
    shown: {
      add_invoice_items: (phase.add_invoice_items ?? []).map((item) => ({
        discountable: item.discountable ?? null,
        discounts: named(item.discounts || []),
        metadata: null,
        period: item.period ?? { start: { type: 'phase_start' }, end: { type: 'phase_end' } },
        price: item.price ?? null,
        quantity: item.quantity ?? 1,
        tax_rates: [],
      })),
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: phase.billing_cycle_anchor ?? null,
      billing_thresholds: null,
      collection_method: collection,
      currency: phase.currency ?? price.currency,
      default_payment_method: method,
      default_tax_rates: (rates ?? []) as never,
      description: phase.description ?? null,
      discounts,
      end_date: end,
      invoice_settings: null,
      items: items.map(({ shown }) => shown),
      metadata: mergeMetadata({}, (phase.metadata ?? {}) as JsonObject),
      on_behalf_of: null,
      proration_behavior: prorations,
      start_date: start,
      transfer_data: null,
      trial_end: trialEnd,
    } as unknown as ShownPhase,
  };
}

function endOf(phase: Given, start: number, ofPrice: Recurring, at: string): number {
  const { end_date, duration, iterations } = phase;
  const ways = Object.entries({ end_date, duration, iterations }).filter(([, value]) => value !== undefined);
  if (ways.length > 1) throw stripeError('parameters_exclusive', [`${at}[${ways[0]![0]}]`, `${at}[${ways[1]![0]}]`]);
  if (typeof end_date === 'number') {
    if (end_date > start) return end_date;
    throw stripeError('parameter_invalid', [`${at}[end_date]`, 'must be after the phase begins'], `${at}[end_date]`);
  }
  if (duration)
    return boundary(
      start,
      { interval: duration.interval as Recurring['interval'], interval_count: duration.interval_count ?? 1 },
      1,
    );
  return boundary(start, ofPrice, iterations ?? 1);
}

type GivenItem = Stripe.SubscriptionScheduleCreateParams.Phase.Item;

function readItem(tx: Transaction, item: GivenItem, at: string) {
  const price = readPrice(tx, item as never, at);
  if (!price) throw stripeError('parameter_missing', [`${at}[price]`], `${at}[price]`);
  const quantity = readQuantity(price, item.quantity, undefined, `${at}[quantity]`);
  const rates = taxRates(tx, item.tax_rates || undefined, `${at}[tax_rates]`);
  return {
    price,
    given: {
      price: price.id,
      ...(quantity !== undefined && { quantity }),
      ...(item.metadata && { metadata: item.metadata }),
      ...(rates && { tax_rates: rates.map(({ id }) => id) }),
      ...(item.discounts && { discounts: item.discounts }),
    },
    shown: {
      billing_thresholds: null,
      discounts: named(item.discounts || []),
      metadata: mergeMetadata({}, (item.metadata ?? {}) as JsonObject),
      plan: price.id,
      price: price.id,
      ...(quantity !== undefined && { quantity }),
      tax_rates: rates ?? [],
    },
  };
}

type Named = { coupon?: string; discount?: string; promotion_code?: string };

const named = (discounts: readonly Named[]) =>
  discounts.map(({ coupon = null, discount = null, promotion_code = null }) => ({ coupon, discount, promotion_code }));
