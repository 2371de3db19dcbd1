/**
 * In which order the events of one commit are told: the one place where orders between resources are decided.
 * Stripe promises none; these reproduce what logs of real accounts show (payments before their invoice, the customer
 * before its card, an intent before its charge, a charge before the intent's outcome).
 */
export const RANK = {
  attachedFirst: 5, // a payment method named in customers.create is attached before customer.created
  customer: 10,
  source: 12,
  attached: 14,
  customerUpdated: 16,
  sourceDeleted: 18,
  detached: 19,
  catalogue: 20,
  subscription: 24,
  intentCreated: 30,
  mandate: 34,
  chargeExpired: 38,
  charge: 40,
  attachedByIntent: 45, // saved while the browser confirms: before the intent's outcome
  intent: 50,
  attachedAfterIntent: 55, // saved by a server-side confirmation: after it
  refund: 60,
  chargeRefunded: 62,
  refundUpdated: 64,
  chargeRefundUpdated: 65,
  refundTakenBack: 66, // the charge of a refund that failed
  dispute: 70,
  disputeFunds: 72,
  review: 76,
  warning: 78,
  invoice: 80,
  other: 100,
} as const;
