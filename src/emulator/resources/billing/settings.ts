import { PaybellError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Transaction } from '../../world/transaction.ts';

/** What an account's owner sets for billing in the Dashboard: no call of the API reads or changes it. */
export type BillingSettings = {
  /** Days from one automatic attempt to collect an invoice to the next; when they are used up, collection has failed. */
  retryAfterDays: readonly number[];
  /** What becomes of a subscription when its last retry has failed. */
  afterLastRetry: 'cancel' | 'unpaid' | 'past_due';
  /** Days after the first failure at which that happens though retries may be left; null for with the last retry. */
  endAfterDays: number | null;
  /** Days before a renewal at which `invoice.upcoming` tells of it; null for never. */
  upcomingDays: number | null;
  /** Automations: days before and after the due date at which `invoice.will_be_due` and `invoice.overdue` come. */
  willBeDueDays: number | null;
  overdueDays: number | null;
  /** Whether `balance.available` tells of each day on which money that was pending became available. */
  balanceAvailable: boolean;
};

/**
 * An account as it is when nobody touched its settings. Smart Retries choose their moments by a model that Stripe does
 * not publish (docs.stripe.com/billing/revenue-recovery/smart-retries); these four retries over sixteen days are ours.
 */
export const DEFAULT_SETTINGS: BillingSettings = {
  retryAfterDays: [1, 3, 5, 7],
  afterLastRetry: 'cancel',
  endAfterDays: null,
  upcomingDays: 7,
  willBeDueDays: null,
  overdueDays: null,
  balanceAvailable: false,
};

// One row of a kind that the API does not have: part of the world, so that a reset or a snapshot takes it along.
const ROW = 'paybell.billing_settings';

export function billingSettings(tx: Transaction): BillingSettings {
  const row = tx.row(ROW, ROW);
  return { ...DEFAULT_SETTINGS, ...(row?.hidden as Partial<BillingSettings> | undefined) };
}

/** Changes some of the settings, and says what is set then. Throws for a setting that does not exist. */
export function changeBillingSettings(tx: Transaction, settings: Partial<BillingSettings>): BillingSettings {
  for (const name of Object.keys(settings))
    if (!(name in DEFAULT_SETTINGS))
      throw new PaybellError(
        'bad_option',
        `The Dashboard has no '${name}'; it has ${Object.keys(DEFAULT_SETTINGS).join(', ')}.`,
      );
  if (tx.row(ROW, ROW)) tx.update(ROW, ROW, {}, settings);
  else tx.insert(ROW, { id: ROW, object: ROW } as JsonObject as never, settings);
  return billingSettings(tx);
}
