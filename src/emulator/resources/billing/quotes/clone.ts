import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { noSuch } from '../../references.ts';
import { linesOf } from './lines.ts';

/** What a clone takes over from the offer it is made of; amounts follow from the lines. */
const COPIED = [
  'collection_method',
  'customer',
  'default_tax_rates',
  'description',
  'footer',
  'header',
  'invoice_settings',
  'metadata',
  'subscription_data',
] as const;

/**
 * Makes a new draft say what another quote says, whatever became of that one. Nothing but `expires_at` may be said along
 * with it (docs.stripe.com/api/quotes/create#create_quote-from_quote).
 */
export function cloneInto(tx: Transaction, id: string, { from_quote: from }: Stripe.QuoteCreateParams): void {
  const source = tx.get('quote', from!.quote);
  if (!source) throw noSuch('quote', from!.quote, 'from_quote[quote]');
  // What becomes of the quote that is revised is not published.
  if (from!.is_revision) throw stripeError('paybell_not_modelled', ['revisions of quotes'], 'from_quote[is_revision]');
  const lines = linesOf(tx, source.id).map((line) => ({ ...line, item: { ...line.item, id: tx.id('li') } }));
  const fields = Object.fromEntries(COPIED.map((name) => [name, source[name]])) as Partial<Stored<'quote'>>;
  tx.update('quote', id, { ...fields, from_quote: { is_revision: false, quote: source.id } }, { lines });
}

/** Refuses what a clone cannot be told. */
export function mustOnlyClone(given: JsonObject): void {
  const other = Object.keys(given).find((name) => !['from_quote', 'expires_at', 'expand'].includes(name));
  if (other) throw stripeError('parameters_exclusive', ['from_quote', other], other);
}
