import type { Resource } from './define.ts';
import { event } from './event.ts';
import { balance, balanceTransaction } from './payments/balance.ts';
import { coupon } from './billing/catalogue/coupon.ts';
import { discount } from './billing/catalogue/discount.ts';
import { plan } from './billing/catalogue/plan.ts';
import { price } from './billing/catalogue/price.ts';
import { product } from './billing/catalogue/product.ts';
import { promotionCode } from './billing/catalogue/promotion-code.ts';
import { taxId } from './billing/catalogue/tax-id.ts';
import { taxRate } from './billing/catalogue/tax-rate.ts';
import { cashBalance, customerCashBalanceTransaction } from './billing/customer-balance/cash-balance.ts';
import { creditNote } from './billing/credit-notes/credit-note.ts';
import { customerBalanceTransaction } from './billing/customer-balance/balance-transaction.ts';
import { invoice } from './billing/invoices/invoice.ts';
import { invoicePayment } from './billing/invoices/invoice-payment.ts';
import { invoiceItem } from './billing/invoices/item.ts';
import { subscriptionItem } from './billing/subscriptions/item.ts';
import { subscription } from './billing/subscriptions/subscription.ts';
import { charge } from './payments/charge.ts';
import { customer } from './payments/customer.ts';
import { card } from './payments/customer-source.ts';
import { dispute } from './payments/dispute.ts';
import { earlyFraudWarning } from './payments/early-fraud-warning.ts';
import { meter } from './billing/meters/meter.ts';
import { meterEvent, meterEventAdjustment } from './billing/meters/meter-event.ts';
import { fundingInstructions } from './payments/funding-instructions.ts';
import { mandate } from './payments/mandate.ts';
import { quote } from './billing/quotes/quote.ts';
import { subscriptionSchedule } from './billing/schedules/schedule.ts';
import { paymentIntent } from './payments/payment-intent.ts';
import { paymentMethod } from './payments/payment-method.ts';
import { refund } from './payments/refund.ts';
import { review } from './payments/review.ts';
import { setupAttempt } from './payments/setup-attempt.ts';
import { setupIntent } from './payments/setup-intent.ts';
import { source } from './payments/source.ts';
import { token } from './payments/token.ts';
import { testClock } from './test-helpers/test-clock.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

/** Every resource with behaviour of its own. To add one: write its file, and name it here. */
export const resources: ReadonlyMap<string, Resource> = new Map(
  [
    balance,
    balanceTransaction,
    card,
    cashBalance,
    charge,
    coupon,
    creditNote,
    customer,
    customerBalanceTransaction,
    customerCashBalanceTransaction,
    discount,
    dispute,
    earlyFraudWarning,
    event,
    invoice,
    invoiceItem,
    invoicePayment,
    fundingInstructions,
    mandate,
    meter,
    meterEvent,
    meterEventAdjustment,
    paymentIntent,
    quote,
    subscriptionSchedule,
    paymentMethod,
    plan,
    price,
    product,
    promotionCode,
    refund,
    review,
    setupAttempt,
    setupIntent,
    source,
    subscription,
    subscriptionItem,
    taxId,
    taxRate,
    testClock,
    token,
    webhookEndpoint,
  ].map((resource) => [resource.object, resource]),
);
