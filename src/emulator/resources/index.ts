import type { Resource } from './define.ts';
import { event } from './event.ts';
import { balance, balanceTransaction } from './payments/balance.ts';
import { charge } from './payments/charge.ts';
import { customer } from './payments/customer.ts';
import { card } from './payments/customer-source.ts';
import { dispute } from './payments/dispute.ts';
import { earlyFraudWarning } from './payments/early-fraud-warning.ts';
import { paymentIntent } from './payments/payment-intent.ts';
import { paymentMethod } from './payments/payment-method.ts';
import { refund } from './payments/refund.ts';
import { source } from './payments/source.ts';
import { token } from './payments/token.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

/** Every resource with behaviour of its own. To add one: write its file, and name it here. */
export const resources: ReadonlyMap<string, Resource> = new Map(
  [
    balance,
    balanceTransaction,
    card,
    charge,
    customer,
    dispute,
    earlyFraudWarning,
    event,
    paymentIntent,
    paymentMethod,
    refund,
    source,
    token,
    webhookEndpoint,
  ].map((resource) => [resource.object, resource]),
);
