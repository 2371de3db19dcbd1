import { ONE, parseDecimal, roundDecimal, type Decimal } from './decimal.ts';
import { spread } from './spread.ts';

/** One tier as Stripe writes it: it ends with `up_to` (included), the last one never (null). Amounts in minor units. */
export type Tier = {
  up_to: number | null;
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  flat_amount: number | null;
  flat_amount_decimal: string | null;
};

type Amounts = { unit_amount: number | null; unit_amount_decimal: string | null; tiers?: readonly Tier[] };

/** What a price must say for its amount to be known. */
export type PriceTerms = Amounts & {
  currency: string;
  billing_scheme: 'per_unit' | 'tiered' | (string & {});
  tiers_mode: 'graduated' | 'volume' | (string & {}) | null;
  transform_quantity: { divide_by: number; round: 'up' | 'down' | (string & {}) } | null;
  currency_options?: Record<string, Amounts>;
};

/** Part of what a quantity costs: so many units at a price each, or a tier's flat fee. `amount` in minor units. */
export type PricePart = { quantity: number; unitAmount: Decimal; amount: number; flat: boolean };

/** Whether the price can be charged in a currency. */
export const hasCurrency = (price: PriceTerms, currency: string): boolean =>
  price.currency === currency || price.currency_options?.[currency] !== undefined;

/** What a quantity costs, in minor units: exact until the end, rounded once. */
export function priceAmount(price: PriceTerms, quantity: number | Decimal, currency = price.currency): number {
  return roundDecimal(exactly(exactParts(price, quantity, currency)));
}

/**
 * What a quantity costs, as the several lines Stripe shows for a tiered price; the amounts sum to `priceAmount`.
 * A package price is one part whose `unitAmount` is for a whole package.
 */
export function priceParts(price: PriceTerms, quantity: number | Decimal, currency = price.currency): PricePart[] {
  const parts = exactParts(price, quantity, currency);
  const amounts = spread(
    parts.map(({ exact }) => exact),
    roundDecimal(exactly(parts)),
  );
  return parts.map(({ quantity, unitAmount, flat }, i) => ({
    quantity: Number(quantity) / Number(ONE),
    unitAmount,
    amount: amounts[i]!,
    flat,
  }));
}

type ExactPart = { quantity: Decimal; unitAmount: Decimal; exact: Decimal; flat: boolean };

const exactly = (parts: readonly ExactPart[]) => parts.reduce((sum, { exact }) => sum + exact, 0n);

function exactParts(price: PriceTerms, given: number | Decimal, currency: string): ExactPart[] {
  const quantity = typeof given === 'bigint' ? given : parseDecimal(given);
  const terms = currency === price.currency ? price : price.currency_options?.[currency];
  if (!terms) throw new RangeError(`the price has no amount in ${currency}`);
  if (price.billing_scheme === 'tiered') {
    const tiers = terms.tiers ?? [];
    return price.tiers_mode === 'volume' ? volume(tiers, quantity) : graduated(tiers, quantity);
  }
  const unit = amountOf(terms.unit_amount_decimal, terms.unit_amount);
  const { transform_quantity: packages } = price;
  if (!packages) return [units(quantity, unit)];
  const perPackage = BigInt(packages.divide_by) * ONE;
  const count = (quantity + (packages.round === 'up' ? perPackage - 1n : 0n)) / perPackage;
  return [{ quantity, unitAmount: unit, exact: count * unit, flat: false }];
}

/** Each tier's share of the quantity at that tier's price, and the flat fee of every tier reached. */
function graduated(tiers: readonly Tier[], quantity: Decimal): ExactPart[] {
  let below = 0n;
  return tiers.flatMap((tier, i) => {
    const reached = i === 0 || quantity > below;
    const top = tier.up_to === null ? quantity : least(quantity, BigInt(tier.up_to) * ONE);
    const share = top > below ? top - below : 0n;
    below = tier.up_to === null ? quantity : BigInt(tier.up_to) * ONE;
    return reached ? tierParts(tier, share) : [];
  });
}

/** The whole quantity at the price of the one tier it falls into. */
function volume(tiers: readonly Tier[], quantity: Decimal): ExactPart[] {
  const tier = tiers.find(({ up_to }) => up_to === null || quantity <= BigInt(up_to) * ONE);
  return tier ? tierParts(tier, quantity) : [];
}

// With nothing used the first tier's flat fee is due all the same: it is the price of having the subscription.
function tierParts(tier: Tier, quantity: Decimal): ExactPart[] {
  const flat = amountOf(tier.flat_amount_decimal, tier.flat_amount);
  const parts = [units(quantity, amountOf(tier.unit_amount_decimal, tier.unit_amount))];
  if (flat !== 0n) parts.push({ quantity: ONE, unitAmount: flat, exact: flat, flat: true });
  return parts;
}

const units = (quantity: Decimal, unitAmount: Decimal): ExactPart => ({
  quantity,
  unitAmount,
  exact: (quantity * unitAmount) / ONE,
  flat: false,
});

const amountOf = (decimal: string | null, whole: number | null): Decimal =>
  decimal === null ? BigInt(whole ?? 0) * ONE : parseDecimal(decimal);

const least = (a: bigint, b: bigint) => (a < b ? a : b);
