import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { cancelIntent } from '../../payments/intent-outcomes.ts';
import { insertIntent } from '../../payments/new-intent.ts';
import { subscriptionOf } from '../subscription-effects.ts';

type Invoice = Stored<'invoice'>;

/** The invoice an intent was made for, if it was made for one. */
export const invoiceOf = (tx: Transaction, intent: string): string | null =>
  (tx.row('payment_intent', intent)?.hidden['invoice'] as string | undefined) ?? null;

/** The intent that an invoice is paid with, if it has one that can still be used. */
export const intentOf = (tx: Transaction, invoice: string): Stored<'payment_intent'> | undefined =>
  tx.get('payment_intent', tx.row('invoice', invoice)?.hidden['intent'] as string | undefined);

const DESCRIPTION: Record<string, string> = {
  subscription_create: 'Subscription creation',
  subscription_update: 'Subscription update',
  subscription_cycle: 'Subscription update',
  subscription_threshold: 'Subscription update',
};

/** The invoice's default payment: its intent over what is left to pay, made when there is none yet. */
export function ensureIntent(tx: Transaction, invoice: Invoice): Stored<'payment_intent'> {
  const found = intentOf(tx, invoice.id);
  if (found) return found;
  const intent = insertIntent(
    tx,
    {
      amount: invoice.amount_remaining,
      automatic_payment_methods: null,
      // The books of an invoice's payment are written at once, as logs show.
      capture_method: 'automatic',
      currency: invoice.currency,
      customer: invoice.customer as string,
      description: DESCRIPTION[invoice.billing_reason ?? ''] ?? 'Payment for Invoice',
      payment_method_types: ['card', 'link'],
      // What a subscription is first paid with pays for its renewals, too.
      setup_future_usage:
        subscriptionOf(invoice) && invoice.collection_method === 'charge_automatically' ? 'off_session' : null,
      statement_descriptor: invoice.statement_descriptor,
    },
    { invoice: invoice.id },
  );
  const payment = tx.insert('invoice_payment', {
    id: tx.id('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: tx.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  tx.update('invoice', invoice.id, {}, { intent: intent.id, payment: payment.id });
  return intent;
}

/** Less is left to pay than was asked for: a credit note took some of it. */
export function shrinkIntent(tx: Transaction, invoice: Invoice): void {
  const intent = intentOf(tx, invoice.id);
  if (!intent) return;
  tx.update('payment_intent', intent.id, { amount: invoice.amount_remaining });
  const payment = tx.row('invoice', invoice.id)!.hidden['payment'] as string;
  tx.update('invoice_payment', payment, { amount_requested: invoice.amount_remaining });
}

/** Nothing is to be paid through the intent any more. */
export function dropIntent(tx: Transaction, invoice: string, reason: 'void_invoice' | 'automatic'): void {
  const intent = intentOf(tx, invoice);
  if (!intent || ['succeeded', 'canceled'].includes(intent.status)) return;
  cancelIntent(tx, intent.id, reason);
  const payment = tx.row('invoice', invoice)!.hidden['payment'] as string;
  const { status_transitions } = tx.get('invoice_payment', payment)!;
  tx.update('invoice_payment', payment, {
    status: 'canceled',
    status_transitions: { ...status_transitions, canceled_at: tx.now },
  });
}
