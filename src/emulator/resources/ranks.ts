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
  discount: 15, // before the customer or subscription that has it
  customerUpdated: 16,
  sourceDeleted: 18,
  detached: 19,
  catalogue: 20,
  plan: 21,
  price: 22, // its legacy plan is told first
  scheduleReleased: 23, // before its subscription, which goes on
  subscription: 24,
  scheduleCreated: 24.5,
  subscriptionDiscount: 25, // made together with its subscription
  finalized: 26, // an invoice that was a draft before the request: its intent follows
  finalizedUpdate: 27,
  // What goes with a deleted customer, after its subscriptions and before the customer itself.
  sourceGone: 26,
  methodGone: 27,
  discountGone: 28,
  customerDeleted: 29,
  intentCreated: 30,
  mandate: 34,
  cashFunded: 35, // money of a bank transfer comes in, stays, or pays
  cashAvailable: 36,
  cashApplied: 37,
  chargeExpired: 38,
  partiallyFunded: 39,
  charge: 40,
  attachedByIntent: 45, // saved while the browser confirms: before the intent's outcome
  mandateEnded: 48, // with the failed debit that ended it
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
  subscriptionFirstPaid: 77, // the payment is told first, then what it starts, then its invoice
  creditNote: 78,
  invoiceItem: 79,
  invoice: 80,
  invoiceFinalized: 81, // within the request that made it
  invoiceOutcome: 82, // failed, voided, written off, overdue
  invoiceActionRequired: 83,
  subscriptionDeleted: 83, // after an invoice that its end makes, before those that its end changes
  invoiceUpdated: 84,
  invoiceSent: 85,
  invoicePaid: 86,
  invoicePaymentSucceeded: 87,
  invoicePayment: 88,
  subscriptionBilled: 90, // follows its invoice: renewed, past due, recovered
  customerBilled: 96, // the customer's balance or standing, changed by an invoice
  scheduleTold: 91, // what its subscription became is told first
  quoteAccepted: 92, // after what it became
  other: 100,
} as const;
