import type Stripe from 'stripe';
import type { JsonObject } from '../../base/json.ts';

/** The objects that have behaviour of their own, by the name Stripe gives them. */
export interface StripeObjects {
  account: Stripe.Account;
  balance_transaction: Stripe.BalanceTransaction;
  bank_account: Stripe.BankAccount;
  'billing.meter': Stripe.Billing.Meter;
  'billing.meter_event': Stripe.Billing.MeterEvent;
  'billing.meter_event_adjustment': Stripe.Billing.MeterEventAdjustment;
  card: Stripe.Card;
  cash_balance: Stripe.CashBalance;
  charge: Stripe.Charge;
  coupon: Stripe.Coupon;
  credit_note: Stripe.CreditNote;
  credit_note_line_item: Stripe.CreditNoteLineItem;
  customer: Stripe.Customer;
  discount: Stripe.Discount;
  customer_balance_transaction: Stripe.CustomerBalanceTransaction;
  customer_cash_balance_transaction: Stripe.CustomerCashBalanceTransaction;
  dispute: Stripe.Dispute;
  invoice: Stripe.Invoice;
  invoice_payment: Stripe.InvoicePayment;
  invoiceitem: Stripe.InvoiceItem;
  line_item: Stripe.InvoiceLineItem;
  mandate: Stripe.Mandate;
  payment_intent: Stripe.PaymentIntent;
  payment_method: Stripe.PaymentMethod;
  plan: Stripe.Plan;
  price: Stripe.Price;
  product: Stripe.Product;
  promotion_code: Stripe.PromotionCode;
  quote: Stripe.Quote;
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning;
  refund: Stripe.Refund;
  review: Stripe.Review;
  setup_attempt: Stripe.SetupAttempt;
  setup_intent: Stripe.SetupIntent;
  source: Stripe.Source;
  subscription: Stripe.Subscription;
  subscription_item: Stripe.SubscriptionItem;
  subscription_schedule: Stripe.SubscriptionSchedule;
  tax_id: Stripe.TaxId;
  tax_rate: Stripe.TaxRate;
  token: Stripe.Token;
  webhook_endpoint: Stripe.WebhookEndpoint;
}

// In the world every expandable field holds an id; objects take its place only in an answer.
type Unexpanded<Value> = Written<string extends Value ? Exclude<Value, { object: string }> : Value>;

// The SDK turns decimals into objects of its own; on the wire, and here, they are text.
type Written<Value> = Value extends string | number | boolean
  ? Value
  : Value extends Stripe.Decimal
    ? string
    : Value extends readonly (infer Item)[]
      ? Written<Item>[]
      : Value extends object
        ? { [Key in keyof Value]: Written<Value[Key]> }
        : Value;

/** An object as the world keeps it: nothing expanded. */
export type Stored<Name extends string = string> = Name extends keyof StripeObjects
  ? { [Key in keyof StripeObjects[Name]]: Unexpanded<StripeObjects[Name][Key]> }
  : JsonObject & { id: string; object: string };

/** What the world knows of an object and Stripe would never show: the test card behind it, moments yet to come. */
export type Hidden = Readonly<Record<string, unknown>>;

/** One object of a world, never changed in place: a change puts a new row where the old one was. */
export type Row<Name extends string = string> = {
  /** The object's id, or its name where there is only ever one (`balance`). */
  readonly id: string;
  readonly object: Stored<Name>;
  readonly hidden: Hidden;
  /** The connected account it belongs to; `''` is the platform. */
  readonly account: string;
  /** Its place in the order of creation, across all objects of the world. */
  readonly position: number;
  readonly deleted: boolean;
  /** The test clock on which it lives, by its id; none is the world's own time. */
  readonly clock?: string | undefined;
};
