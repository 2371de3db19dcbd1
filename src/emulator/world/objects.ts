import type Stripe from 'stripe';
import type { JsonObject } from '../../base/json.ts';

/** The objects that have behaviour of their own, by the name Stripe gives them. */
export interface StripeObjects {
  account: Stripe.Account;
  balance_transaction: Stripe.BalanceTransaction;
  bank_account: Stripe.BankAccount;
  card: Stripe.Card;
  charge: Stripe.Charge;
  customer: Stripe.Customer;
  dispute: Stripe.Dispute;
  mandate: Stripe.Mandate;
  payment_intent: Stripe.PaymentIntent;
  payment_method: Stripe.PaymentMethod;
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning;
  refund: Stripe.Refund;
  review: Stripe.Review;
  source: Stripe.Source;
  token: Stripe.Token;
  webhook_endpoint: Stripe.WebhookEndpoint;
}

// In the world every expandable field holds an id; objects take its place only in an answer.
type Unexpanded<Value> = string extends Value ? Exclude<Value, { object: string }> : Value;

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
};
