import { PaybellError } from '../base/errors.ts';
import { authThenCapture } from './cheat-sheet/auth-then-capture.ts';
import { cardDeclined } from './cheat-sheet/card-declined.ts';
import { chargeDescription } from './cheat-sheet/charge-description.ts';
import { customerAndCharge } from './cheat-sheet/customer-and-charge.ts';
import { disputeEvidence } from './cheat-sheet/dispute-evidence.ts';
import { invoiceItems } from './cheat-sheet/invoice-items.ts';
import { oneOffCharge } from './cheat-sheet/one-off-charge.ts';
import { refund } from './cheat-sheet/refund.ts';
import { subscriptionNoTrial } from './cheat-sheet/subscription-no-trial.ts';
import { subscriptionTrial } from './cheat-sheet/subscription-trial.ts';
import { subscriptionDiscount } from './cheat-sheet/subscription-discount.ts';
import { renewalSucceeds } from './cheat-sheet/renewal-succeeds.ts';
import { renewalFails } from './cheat-sheet/renewal-fails.ts';
import { cardModified } from './cheat-sheet/card-modified.ts';
import { cardReplaced } from './cheat-sheet/card-replaced.ts';
import { cancelAtPeriodEnd } from './modern/cancel-at-period-end.ts';
import { cancelNow } from './modern/cancel-now.ts';
import { couponPromotionCode } from './modern/coupon-promotion-code.ts';
import { customerDeleted } from './modern/customer-deleted.ts';
import { pauseCollection } from './modern/pause-collection.ts';
import { smartRetriesCancel } from './modern/smart-retries-cancel.ts';
import { testClock } from './modern/test-clock.ts';
import { meteredUsage } from './modern/metered-usage.ts';
import { quoteAccepted } from './modern/quote-accepted.ts';
import { schedulePhases } from './modern/schedule-phases.ts';
import { trialEndsWithoutCard } from './modern/trial-ends-without-card.ts';
import { upgradeDowngradeProration } from './modern/upgrade-downgrade-proration.ts';
import type { Scenario } from './define.ts';
import { creditNote } from './modern/credit-note.ts';
import { invoiceSentOutOfBand } from './modern/invoice-sent-out-of-band.ts';
import { invoiceVoid } from './modern/invoice-void.ts';
import { catalogueChange } from './modern/catalogue-change.ts';
import { threeDSecure } from './modern/three-d-secure.ts';
import { bankDebitSuccess } from './modern/bank-debit-success.ts';
import { bankDebitFailure } from './modern/bank-debit-failure.ts';
import { bankDebitSubscription } from './modern/bank-debit-subscription.ts';
import { refundPendingFailed } from './modern/refund-pending-failed.ts';
import { disputeWon } from './modern/dispute-won.ts';
import { disputeLost } from './modern/dispute-lost.ts';
import { disputeInquiry } from './modern/dispute-inquiry.ts';
import { earlyFraudWarning } from './modern/early-fraud-warning.ts';
import { saveCard } from './modern/save-card.ts';
import { bankTransferCashBalance } from './modern/bank-transfer-cash-balance.ts';

export { defineScenario, type Advice, type Fire, type Path, type Scenario, type Stage } from './define.ts';
export { branchesOf, pathOf, play, type PlayedEvent, type PlayOptions, type Progress, type Run } from './play.ts';
export { connect, loadSdk } from './connect.ts';
export type { RecordedCall } from './recorder.ts';

/** Every scenario. To add one: write its file, and name it here. */
export const scenarios: readonly Scenario[] = [
  oneOffCharge,
  cardDeclined,
  refund,
  authThenCapture,
  chargeDescription,
  disputeEvidence,
  customerAndCharge,
  subscriptionNoTrial,
  subscriptionTrial,
  subscriptionDiscount,
  renewalSucceeds,
  renewalFails,
  invoiceItems,
  cardModified,
  cardReplaced,
  catalogueChange,
  creditNote,
  invoiceSentOutOfBand,
  invoiceVoid,
  cancelAtPeriodEnd,
  cancelNow,
  couponPromotionCode,
  customerDeleted,
  pauseCollection,
  smartRetriesCancel,
  trialEndsWithoutCard,
  upgradeDowngradeProration,
  schedulePhases,
  meteredUsage,
  quoteAccepted,
  testClock,
  threeDSecure,
  bankDebitSuccess,
  bankDebitFailure,
  bankDebitSubscription,
  refundPendingFailed,
  disputeWon,
  disputeLost,
  disputeInquiry,
  earlyFraudWarning,
  saveCard,
  bankTransferCashBalance,
];

/** The scenario with this id, or the one with this number on the cheat sheet. */
export function scenarioOf(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id || String(scenario.number) === id);
  if (found) return found;
  throw new PaybellError('unknown_scenario', `'${id}' is none of ${scenarios.map(({ id }) => id).join(', ')}.`);
}
