import type { Transaction } from '../../../world/transaction.ts';
import { billingSettings } from '../settings.ts';
import { nextRenewal } from './periods.ts';

const DAY = 86_400;

/** Plans when `invoice.upcoming` is told of the next renewal; never when the account does not want it. */
export function planUpcoming(tx: Transaction, id: string): void {
  const { upcomingDays } = billingSettings(tx);
  const at = nextRenewal(tx.get('subscription', id)!);
  const ahead = upcomingDays === null ? null : at - upcomingDays * DAY;
  // A period shorter than the notice has none.
  tx.update('subscription', id, {}, { upcomingAt: ahead !== null && ahead > tx.now ? ahead : null });
}
