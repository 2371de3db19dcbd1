import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import { completeField } from '../../../shapes/complete.ts';
import type { Hidden, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { readCurrency } from '../../money.ts';
import { noSuch } from '../../references.ts';
import { anchorFrom, nextBoundary, type Period } from '../math/calendar.ts';
import { collectNow, draftBill, type PaymentBehavior } from './bill.ts';
import { setCancellation } from './cancel-later.ts';
import { discountItem, discountNew } from './discounts.ts';
import { addExtras } from './extras.ts';
import { insertItem, mustFit, readPrice, readQuantity, refreshItems, type ItemParams } from './items.ts';
import { itemLines } from './lines.ts';
import {
  INVOICE_SETTINGS,
  itemFields,
  future,
  PAYMENT_SETTINGS,
  plainFields,
  refuseUnmodelled,
  type Params,
} from './params.ts';
import { recurringOf, wholePeriod } from './periods.ts';
import { setUpForLater } from './setup.ts';
import { trialEndOf } from './trial.ts';
import { planUpcoming } from './upcoming.ts';

type Subscription = Stored<'subscription'>;
type Price = Stored<'price'>;

export const create = ({ tx, params }: Call): Subscription => createSubscription(tx, params);

/** Begins a subscription: its first invoice is made and collected at once. `draftOnly` leaves that invoice a draft, to be looked at. */
export function createSubscription(tx: Transaction, given: JsonObject, draftOnly = false): Subscription {
  const params = given as unknown as Params;
  refuseUnmodelled(params);
  if (!params.customer) throw stripeError('parameter_missing', ['customer'], 'customer');
  const customer = tx.get('customer', params.customer);
  if (!customer) throw noSuch('customer', params.customer, 'customer');
  const behavior = (params.payment_behavior ?? 'allow_incomplete') as PaymentBehavior;
  if (behavior === 'pending_if_incomplete')
    throw stripeError(
      'parameter_invalid',
      ['payment_behavior', '`pending_if_incomplete` is for changes of a subscription that exists'],
      'payment_behavior',
    );
  const mode = params.billing_mode?.type ?? 'flexible';
  const asked = (params.items ?? []).map((item, i) => ({ item, price: priceOf(tx, item, `items[${i}]`) }));
  const currency = readCurrency(params.currency ?? asked[0]?.price.currency ?? 'usd');
  mustFit(tx, asked.map(({ price }) => price), currency, mode); // prettier-ignore
  const id = tx.id('sub');
  const trialEnd = trialEndOf(tx, params, asked.map(({ price }) => price)); // prettier-ignore
  const { anchor, day } = anchorOf(tx, params, asked.map(({ price }) => price), trialEnd); // prettier-ignore
  const hidden: Hidden = { anchorDay: day };
  const ids = asked.map(({ item, price }, i) => {
    const whole = wholePeriod({ billing_cycle_anchor: anchor }, hidden, price, tx.now);
    const quantity = readQuantity(price, item.quantity, undefined, `items[${i}]`);
    return insertItem(tx, id, price, {
      ...itemFields(tx, item, `items[${i}]`),
      ...(quantity !== undefined && { quantity }),
      current_period_start: tx.now,
      current_period_end: trialEnd ?? whole.end,
    }).id;
  });
  const sends = params.collection_method === 'send_invoice';
  tx.insert(
    'subscription',
    {
      ...blank(mode),
      id,
      billing_cycle_anchor: anchor,
      billing_cycle_anchor_config: completeField(
        'subscription',
        'billing_cycle_anchor_config',
        params.billing_cycle_anchor_config,
      ),
      created: tx.now,
      currency,
      customer: customer.id,
      start_date: tx.now,
      status: trialEnd !== null ? 'trialing' : sends ? 'active' : 'incomplete',
      test_clock: (customer.test_clock ?? null) as string | null,
      trial_end: trialEnd,
      trial_start: trialEnd === null ? null : tx.now,
      ...plainFields(tx, given),
    },
    hidden,
  );
  asked.forEach(({ item }, i) =>
    discountItem(tx, tx.get('subscription', id)!, tx.get('subscription_item', ids[i]!)!, item.discounts),
  );
  refreshItems(tx, id, ids);
  discountNew(tx, tx.get('subscription', id)!, params.discounts);
  setCancellation(tx, id, params);
  if (customer.currency === null) tx.update('customer', customer.id, { currency });
  addExtras(tx, id, params.add_invoice_items);
  planUpcoming(tx, id);
  const invoice = draftBill(tx, id, {
    reason: 'subscription_create',
    lines: firstLines(tx, id, params.proration_behavior ?? 'create_prorations'),
    period: { start: tx.now, end: tx.now },
    advances: true,
  });
  if (draftOnly) return tx.get('subscription', id)!;
  const offSession = params.off_session === true;
  const free = tx.get('invoice', invoice.id)!.amount_due === 0;
  if (free && !sends && !offSession) setUpForLater(tx, id, behavior);
  collectNow(tx, invoice.id, behavior, { offSession });
  return tx.get('subscription', id)!;
}

/** What a subscription is when nobody says otherwise. */
const blank = (mode: 'classic' | 'flexible' | (string & {})): Partial<Subscription> => ({
  object: 'subscription',
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_mode: { flexible: mode === 'flexible' ? { proration_discounts: 'included' } : null, type: mode },
  billing_schedules: [],
  cancel_at_period_end: false,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  collection_method: 'charge_automatically',
  default_tax_rates: [],
  discounts: [],
  invoice_settings: INVOICE_SETTINGS,
  items: { object: 'list', data: [], has_more: false, url: '' },
  livemode: false,
  payment_settings: PAYMENT_SETTINGS,
  trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
});

function priceOf(tx: Transaction, item: ItemParams, at: string): Price {
  const price = readPrice(tx, item, at);
  if (!price) throw stripeError('parameter_missing', [`${at}[price]`], `${at}[price]`);
  return price;
}

/** From when periods are counted, and the day of the month they come back to. A trial's end unless the caller says. */
function anchorOf(tx: Transaction, params: Params, prices: readonly Price[], trialEnd: number | null) {
  const { billing_cycle_anchor: at, billing_cycle_anchor_config: config } = params;
  if (at !== undefined && config)
    throw stripeError('parameters_exclusive', ['billing_cycle_anchor', 'billing_cycle_anchor_config']);
  const from = trialEnd ?? tx.now;
  if (config) return { anchor: anchorFrom(config, from), day: config.day_of_month };
  if (typeof at !== 'number') return { anchor: from, day: undefined };
  future(tx, at, 'billing_cycle_anchor');
  const natural = Math.min(...prices.map((price) => nextBoundary(from, recurringOf(price), from)));
  if (at > natural)
    throw stripeError(
      'missing',
      [`billing_cycle_anchor cannot be later than next natural billing date (${natural}) for plan`],
      'billing_cycle_anchor',
    );
  return { anchor: at, day: undefined };
}

/** What the first invoice bills: the first period of every item, whole or in part, or its trial. */
function firstLines(tx: Transaction, id: string, prorations: string) {
  const { object: subscription, hidden } = tx.row('subscription', id)!;
  return subscription.items.data.flatMap((item) => {
    const period: Period = { start: item.current_period_start, end: item.current_period_end };
    const whole = wholePeriod(subscription, hidden, item.price as Price, period.start);
    const unprorated = period.start > whole.start && prorations === 'none';
    const free = subscription.status === 'trialing' ? 'trial' : unprorated ? 'unprorated' : null;
    return itemLines(tx, subscription, item, { period, whole, free });
  });
}
