import { stripeError } from '../../../http/errors.ts';
import type { Hidden } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { isWhole, parseDecimal, printDecimal, roundDecimal } from '../math/decimal.ts';
import type { PriceTerms, Tier } from '../math/pricing.ts';

/** What a price charges in one currency, as Stripe shows it. */
export type CurrencyOption = {
  custom_unit_amount: CustomAmount | null;
  tax_behavior: string | null;
  tiers?: Tier[];
  unit_amount: number | null;
  unit_amount_decimal: string | null;
};

/** An amount that the customer chooses, between two limits (minor units). */
export type CustomAmount = { maximum: number | null; minimum: number | null; preset: number | null };

/** The parameters that say what one currency costs. */
export type OptionParams = {
  custom_unit_amount?: { enabled: boolean; maximum?: number; minimum?: number; preset?: number };
  tax_behavior?: string;
  tiers?: TierParams[];
  unit_amount?: number;
  unit_amount_decimal?: string;
};

type TierParams = {
  up_to: number | 'inf';
  flat_amount?: number;
  flat_amount_decimal?: string;
  unit_amount?: number;
  unit_amount_decimal?: string;
};

/** What a price keeps beside itself, because it is shown only when expanded. */
export type HiddenTerms = { tiers?: Tier[]; currency_options?: Record<string, CurrencyOption> };

/** Everything needed to compute what a price costs, tiers and other currencies included. */
export function priceTerms(tx: Transaction, id: string): PriceTerms {
  const { object, hidden } = tx.row('price', id)!;
  return { ...object, ...hiddenTerms(hidden) };
}

export const hiddenTerms = (hidden: Hidden): HiddenTerms => ({
  ...(hidden['tiers'] !== undefined && { tiers: hidden['tiers'] as Tier[] }),
  ...(hidden['currency_options'] !== undefined && {
    currency_options: hidden['currency_options'] as Record<string, CurrencyOption>,
  }),
});

const inside = (at: string, name: string) => (at ? `${at}[${name}]` : name);

/** One amount given whole or as a decimal, in both forms; null for none. The whole one is null for a fraction. */
export function readAmount(
  whole: number | undefined,
  decimal: string | undefined,
  param: string,
): { whole: number | null; decimal: string | null } {
  if (whole !== undefined && decimal !== undefined)
    throw stripeError('parameters_exclusive', [param, decimalOf(param)], decimalOf(param));
  const given = whole ?? decimal;
  if (given === undefined) return { whole: null, decimal: null };
  const at = whole === undefined ? decimalOf(param) : param;
  let value: bigint;
  try {
    value = parseDecimal(given);
  } catch {
    throw stripeError('parameter_invalid', [at, 'must be a decimal number with at most 12 decimal places'], at);
  }
  if (value < 0n) throw stripeError('parameter_invalid', [at, 'must be greater than or equal to 0'], at);
  return { whole: isWhole(value) ? roundDecimal(value) : null, decimal: printDecimal(value) };
}

const decimalOf = (param: string) => (param.endsWith(']') ? `${param.slice(0, -1)}_decimal]` : `${param}_decimal`);

/** Tiers as Stripe shows them; refuses those that leave a quantity without a price, or give it two. */
export function readTiers(given: readonly TierParams[], at: string): Tier[] {
  let last = 0;
  return given.map((tier, i) => {
    const here = `${at}[${i}]`;
    const final = i === given.length - 1;
    if ((tier.up_to === 'inf') !== final)
      throw stripeError(
        'parameter_invalid',
        [`${here}[up_to]`, final ? 'the last tier must be `inf`' : 'only the last tier may be `inf`'],
        `${here}[up_to]`,
      );
    if (tier.up_to !== 'inf' && tier.up_to <= last)
      throw stripeError(
        'parameter_invalid',
        [`${here}[up_to]`, `tiers must ascend: ${tier.up_to} does not come after ${last}`],
        `${here}[up_to]`,
      );
    if (tier.up_to !== 'inf') last = tier.up_to;
    const unit = readAmount(tier.unit_amount, tier.unit_amount_decimal, `${here}[unit_amount]`);
    const flat = readAmount(tier.flat_amount, tier.flat_amount_decimal, `${here}[flat_amount]`);
    if (unit.decimal === null && flat.decimal === null)
      throw stripeError('parameter_missing', [`${here}[unit_amount]`], `${here}[unit_amount]`);
    return {
      flat_amount: flat.whole,
      flat_amount_decimal: flat.decimal,
      unit_amount: unit.whole,
      unit_amount_decimal: unit.decimal,
      up_to: tier.up_to === 'inf' ? null : tier.up_to,
    };
  });
}

/** What one currency costs: tiers for a tiered price, otherwise exactly one kind of amount. */
export function readOption(given: OptionParams, tiered: boolean, at: string): CurrencyOption {
  const { custom_unit_amount: custom, tiers } = given;
  const unit = readAmount(given.unit_amount, given.unit_amount_decimal, inside(at, 'unit_amount'));
  const tax_behavior = given.tax_behavior ?? 'unspecified';
  if (tiered) {
    if (!tiers?.length) throw stripeError('parameter_missing', [inside(at, 'tiers')], inside(at, 'tiers'));
    if (unit.decimal !== null || custom)
      throw stripeError('parameters_exclusive', [inside(at, 'tiers'), inside(at, 'unit_amount')], inside(at, 'tiers'));
    const nothing = { custom_unit_amount: null, unit_amount: null, unit_amount_decimal: null };
    return { ...nothing, tax_behavior, tiers: readTiers(tiers, inside(at, 'tiers')) };
  }
  if (tiers)
    throw stripeError(
      'parameter_invalid',
      [inside(at, 'tiers'), 'only a price with billing_scheme=tiered has tiers'],
      inside(at, 'tiers'),
    );
  if (unit.decimal !== null && custom)
    throw stripeError(
      'parameters_exclusive',
      [inside(at, 'unit_amount'), inside(at, 'custom_unit_amount')],
      inside(at, 'custom_unit_amount'),
    );
  if (unit.decimal === null && !custom)
    throw stripeError('parameter_missing', [inside(at, 'unit_amount')], inside(at, 'unit_amount'));
  return {
    custom_unit_amount: custom ? readCustom(custom, inside(at, 'custom_unit_amount')) : null,
    tax_behavior,
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
  };
}

function readCustom(given: NonNullable<OptionParams['custom_unit_amount']>, at: string): CustomAmount {
  const { enabled, maximum = null, minimum = null, preset = null } = given;
  const refuse = (name: string, why: string) =>
    stripeError('parameter_invalid', [`${at}[${name}]`, why], `${at}[${name}]`);
  if (!enabled) throw refuse('enabled', 'must be true');
  if (minimum !== null && maximum !== null && minimum > maximum) throw refuse('minimum', 'is more than the maximum');
  if (preset !== null && ((minimum !== null && preset < minimum) || (maximum !== null && preset > maximum)))
    throw refuse('preset', 'must lie between the minimum and the maximum');
  return { maximum, minimum, preset };
}
