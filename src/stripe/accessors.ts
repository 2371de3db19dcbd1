/**
 * Questions about billing objects whose answers moved between API versions: each works on whatever version the object
 * is in, from acacia to endive, and on what the SDK types as well as on plain JSON.
 */
type Loose = { readonly [field: string]: unknown };
type Given = object;

const field = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? (here as Loose)[key] : undefined),
    value,
  );

const id = (value: unknown): string | null => {
  const found = typeof value === 'object' ? field(value, 'id') : value;
  return typeof found === 'string' ? found : null;
};

const items = (value: unknown): unknown[] => {
  const list = Array.isArray(value) ? value : field(value, 'data');
  return Array.isArray(list) ? (list as unknown[]) : [];
};

const numbers = (values: unknown[]): number[] => values.filter((value) => typeof value === 'number');

/** The id of the subscription an invoice, invoice line or invoice item belongs to; null when it belongs to none. */
export const subscriptionOf = (billed: Given): string | null =>
  id(field(billed, 'parent', 'subscription_details', 'subscription')) ??
  id(field(billed, 'parent', 'subscription_item_details', 'subscription')) ??
  id(field(billed, 'parent', 'invoice_item_details', 'subscription')) ??
  id(field(billed, 'subscription'));

/** The id of the quote an invoice came from; null when it came from none. */
export const quoteOf = (invoice: Given): string | null =>
  id(field(invoice, 'parent', 'quote_details', 'quote')) ?? id(field(invoice, 'quote'));

/** The metadata the subscription had when the invoice was made; empty when there is none. */
export function subscriptionMetadataOf(invoice: Given): Record<string, string> {
  const metadata =
    field(invoice, 'parent', 'subscription_details', 'metadata') ?? field(invoice, 'subscription_details', 'metadata');
  return { ...(metadata as Record<string, string> | null | undefined) };
}

/** When the current period of a subscription, or of one of its items, began, in seconds since the Unix epoch. */
export function periodStart(subscription: Given): number | null {
  const end = periodEnd(subscription);
  const soonest = items(field(subscription, 'items')).find((item) => field(item, 'current_period_end') === end);
  return numbers([field(subscription, 'current_period_start'), field(soonest, 'current_period_start')])[0] ?? null;
}

/**
 * When the current period of a subscription, or of one of its items, ends, in seconds since the Unix epoch. Where items
 * have periods of their own, the one that ends first: that is when the subscription renews next.
 */
export function periodEnd(subscription: Given): number | null {
  const own = numbers([field(subscription, 'current_period_end')]);
  const ends = numbers(items(field(subscription, 'items')).map((item) => field(item, 'current_period_end')));
  return own[0] ?? (ends.length > 0 ? Math.min(...ends) : null);
}

/** The payment that settled an invoice, else its default one, else its first. */
function mainPayment(invoice: Given): unknown {
  const payments = items(field(invoice, 'payments'));
  return (
    payments.find((payment) => field(payment, 'status') === 'paid') ??
    payments.find((payment) => field(payment, 'is_default') === true) ??
    payments[0]
  );
}

/**
 * The id of the payment intent behind an invoice; null when there is none. Since basil an invoice shows its payments
 * only when `payments` is expanded, which events never do: fetch the invoice with it, or ask `invoicePayments.list`.
 */
export const paymentIntentOf = (invoice: Given): string | null =>
  id(field(mainPayment(invoice), 'payment', 'payment_intent')) ?? id(field(invoice, 'payment_intent'));

/** The id of the charge behind an invoice; null when there is none, or when only its payment intent is known. */
export function chargeOf(invoice: Given): string | null {
  const payment = field(mainPayment(invoice), 'payment');
  return (
    id(field(payment, 'charge')) ??
    id(field(payment, 'payment_intent', 'latest_charge')) ??
    id(field(invoice, 'charge')) ??
    id(field(invoice, 'payment_intent', 'latest_charge'))
  );
}

/** Whether an invoice is paid, by whatever means. */
export const isPaid = (invoice: Given): boolean =>
  field(invoice, 'status') === 'paid' || field(invoice, 'paid') === true;

/** The tax on an invoice or credit note in minor units, exclusive and inclusive together; null when none was computed. */
export function taxOf(document: Given): number | null {
  const old = field(document, 'tax');
  if (typeof old === 'number') return old;
  const taxes =
    field(document, 'total_taxes') ?? field(document, 'total_tax_amounts') ?? field(document, 'tax_amounts');
  const amounts = numbers(items(taxes).map((tax) => field(tax, 'amount')));
  return amounts.length > 0 ? amounts.reduce((total, amount) => total + amount) : null;
}

/** The id of the price an invoice line, invoice item or subscription item bills; null when it has none. */
export const priceOf = (billed: Given): string | null =>
  id(field(billed, 'pricing', 'price_details', 'price')) ?? id(field(billed, 'price')) ?? id(field(billed, 'plan'));

/** Whether an invoice line or invoice item is a proration. */
export const isProration = (billed: Given): boolean =>
  [
    field(billed, 'parent', 'subscription_item_details', 'proration'),
    field(billed, 'parent', 'invoice_item_details', 'proration'),
    field(billed, 'proration'),
  ].includes(true);

/** The id of the coupon behind a discount or a promotion code; null when it was not a coupon. */
export const couponOf = (discount: Given): string | null =>
  id(field(discount, 'source', 'coupon')) ??
  id(field(discount, 'promotion', 'coupon')) ??
  id(field(discount, 'coupon'));

/** The ids of the discounts on a customer, subscription, invoice or invoice item, in the order they apply. */
export function discountsOf(discounted: Given): string[] {
  const several = items(field(discounted, 'discounts')).map(id);
  const known = several.length > 0 ? several : [id(field(discounted, 'discount'))];
  return known.filter((entry) => entry !== null);
}
