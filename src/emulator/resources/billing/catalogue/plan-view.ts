import type { Stored } from '../../../world/objects.ts';

/** A recurring price seen as the legacy plan it also is: the same id under another name. */
export function planOf(price: Stored<'price'>): Stored<'plan'> {
  const { interval, interval_count, meter, trial_period_days, usage_type } = price.recurring!;
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days,
    usage_type,
  };
}
