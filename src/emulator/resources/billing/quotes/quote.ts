import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { became, created, defineResource, type Call } from '../../define.ts';
import { pageOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';
import { taxRates } from '../invoices/create.ts';
import { accept } from './accept.ts';
import { cloneInto, mustOnlyClone } from './clone.ts';
import { linesOf, pricedLines, upfront, type QuoteLine } from './lines.ts';
import { shownTotals } from './totals.ts';

type Quote = Stored<'quote'>;

/** How long an offer stands unless it says otherwise: docs.stripe.com/quotes. */
const STANDS = 30 * 86_400;

const NOT_MODELLED = [
  'application_fee_amount',
  'application_fee_percent',
  'customer_account',
  'discounts',
  'on_behalf_of',
  'transfer_data',
];

/** An offer: a draft is finalised, then accepted, cancelled, or left until it expires. */
export const quote = defineResource('quote', {
  prefix: 'qt',
  operations: {
    'quotes.create': create,
    'quotes.update': update,
    'quotes.finalizeQuote': finalize,
    'quotes.accept': ({ tx, path }) => accept(tx, mustBe(tx, path[0]!, ['open'], 'accept')),
    'quotes.cancel': ({ tx, path }) => cancel(tx, mustBe(tx, path[0]!, ['draft', 'open'], 'cancel').id),
    'quotes.listLineItems': ({ tx, params, path }) => {
      const { id } = need(tx, 'quote', path[0]!);
      return pageOf('item', [...linesOf(tx, id)].map(shown), params, `/v1/quotes/${id}/line_items`);
    },
    'quotes.listComputedUpfrontLineItems': ({ tx, params, path }) => {
      const { id } = need(tx, 'quote', path[0]!);
      const lines = upfront(linesOf(tx, id), trialDays(tx, id));
      return pageOf('item', lines.map(shown), params, `/v1/quotes/${id}/computed_upfront_line_items`);
    },
  },
  events: [
    { type: 'quote.created', when: created, rank: RANK.other },
    { type: 'quote.finalized', when: became('status', 'open'), rank: RANK.other },
    { type: 'quote.accepted', when: became('status', 'accepted'), rank: RANK.quoteAccepted },
    { type: 'quote.canceled', when: became('status', 'canceled'), rank: RANK.other },
  ],
  timers: [
    {
      name: 'expire',
      at: ({ status, expires_at }) => (status === 'open' ? expires_at : null),
      run: (tx, { id }) => void cancel(tx, id),
    },
  ],
});

const shown = ({ item }: QuoteLine) => item as { id: string };
const trialDays = (tx: Transaction, id: string) => tx.get('quote', id)!.subscription_data.trial_period_days;

function create({ tx, params: given }: Call): Quote {
  const params = given as unknown as Stripe.QuoteCreateParams;
  const id = tx.id('qt');
  tx.insert('quote', {
    id,
    object: 'quote',
    amount_subtotal: 0,
    amount_total: 0,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    collection_method: 'charge_automatically',
    computed: EMPTY,
    created: tx.now,
    default_tax_rates: [],
    discounts: [],
    expires_at: tx.now + STANDS,
    invoice_settings: {
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    line_items: { object: 'list', data: [], has_more: false, url: `/v1/quotes/${id}/line_items` },
    livemode: false,
    metadata: {},
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription_data: {
      billing_mode: { type: 'flexible', flexible: { proration_discounts: 'included' } },
      description: null,
      effective_date: null,
      metadata: {},
      trial_period_days: null,
    },
    total_details: { amount_discount: 0, amount_shipping: null, amount_tax: 0 },
  } as unknown as Partial<Quote>);
  if (params.from_quote) {
    mustOnlyClone(given);
    cloneInto(tx, id, params);
  }
  return write(tx, id, params, given);
}

const EMPTY = { recurring: null, upfront: {} } as unknown as Quote['computed'];

function update({ tx, params: given, path }: Call): Quote {
  const { id } = mustBe(tx, path[0]!, ['draft'], 'update');
  return write(tx, id, given as unknown as Stripe.QuoteUpdateParams, given);
}

/** Writes what the parameters say into a draft, and computes it anew. */
function write(
  tx: Transaction,
  id: string,
  params: Stripe.QuoteCreateParams | Stripe.QuoteUpdateParams,
  given: JsonObject,
): Quote {
  for (const name of NOT_MODELLED)
    if (given[name] !== undefined && given[name] !== '')
      throw stripeError('paybell_not_modelled', [`\`${name}\` of quotes`], name);
  const { customer, line_items, subscription_data: data, invoice_settings: settings, expires_at } = params;
  if (params.automatic_tax?.enabled)
    throw stripeError('paybell_not_modelled', ['`automatic_tax`'], 'automatic_tax[enabled]');
  if (customer && !tx.get('customer', customer)) throw noSuch('customer', customer, 'customer');
  if (expires_at !== undefined) mustLieAhead(tx, expires_at);
  if (data?.effective_date)
    throw stripeError(
      'paybell_not_modelled',
      ['`subscription_data[effective_date]`'],
      'subscription_data[effective_date]',
    );
  const quote = tx.get('quote', id)!;
  const rates = taxRates(tx, params.default_tax_rates || undefined, 'default_tax_rates');
  const lines = line_items
    ? pricedLines(tx, line_items as never, given['line_items'] as JsonObject[])
    : linesOf(tx, id);
  const plain = Object.fromEntries(
    (['description', 'footer', 'header', 'collection_method', 'expires_at'] as const)
      .filter((name) => name in given)
      .map((name) => [name, given[name] === '' ? null : given[name]]),
  );
  tx.update('quote', id, {
    ...plain,
    ...(customer !== undefined && { customer: customer || null }),
    ...(rates && { default_tax_rates: rates.map((rate) => rate.id) }),
    ...(settings && {
      invoice_settings: { ...quote.invoice_settings, days_until_due: settings.days_until_due || null },
    }),
    ...(data && {
      subscription_data: {
        ...quote.subscription_data,
        ...(data.description !== undefined && { description: data.description || null }),
        ...(data.trial_period_days !== undefined && { trial_period_days: data.trial_period_days || null }),
        ...(data.metadata && { metadata: mergeMetadata({}, data.metadata as JsonObject) }),
      },
    }),
    metadata: mergeMetadata(quote.metadata, given['metadata']),
    currency: lines[0]?.currency ?? null,
    test_clock: tx.get('customer', customer || (quote.customer as string))?.test_clock ?? null,
  } as Partial<Quote>);
  const { fields, lines: computed } = shownTotals(tx, tx.get('quote', id)!, lines);
  return tx.update('quote', id, fields, { lines: computed });
}

function finalize({ tx, params, path }: Call): Quote {
  const { id, customer } = mustBe(tx, path[0]!, ['draft'], 'finalize');
  const lines = linesOf(tx, id);
  if (!customer) throw stripeError('missing', ['A quote must have a customer before it is finalized.'], 'customer');
  if (lines.length === 0)
    throw stripeError('missing', ['A quote must have at least one line item before it is finalized.'], 'line_items');
  const expires = params['expires_at'] as number | undefined;
  if (expires !== undefined) mustLieAhead(tx, expires);
  const { object, hidden } = tx.row('customer', customer as string)!;
  const sequence = Number(hidden['quotes'] ?? 0) + 1;
  tx.update('customer', object.id, {}, { quotes: sequence });
  return tx.update('quote', id, {
    number: `QT-${object.invoice_prefix}-${String(sequence).padStart(4, '0')}-1`,
    status: 'open',
    ...(expires !== undefined && { expires_at: expires }),
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: tx.now },
  });
}

function cancel(tx: Transaction, id: string): Quote {
  const { status_transitions } = tx.get('quote', id)!;
  return tx.update('quote', id, {
    status: 'canceled',
    status_transitions: { ...status_transitions, canceled_at: tx.now },
  });
}

function mustBe(tx: Transaction, id: string, statuses: readonly string[], verb: string): Quote {
  const found = need(tx, 'quote', id, 'quote');
  if (!statuses.includes(found.status))
    throw stripeError('wrong_state', [
      `You cannot ${verb} this quote because it has a status of ${found.status}; it must be ${statuses.join(' or ')}.`,
    ]);
  return found;
}

function mustLieAhead(tx: Transaction, at: number): void {
  if (at <= tx.now) throw stripeError('parameter_invalid', ['expires_at', 'must lie in the future'], 'expires_at');
}
