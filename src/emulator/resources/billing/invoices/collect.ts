import { StripeError, stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { declined } from '../../payments/card-error.ts';
import { confirmIntent } from '../../payments/intent-outcomes.ts';
import { choosePaymentMethod } from '../../payments/source-choice.ts';
import { invoiceFailed, subscriptionOf } from '../subscription-effects.ts';
import { ensureIntent } from './intent.ts';
import { methodFor } from './method.ts';
import { setDelinquent } from './paid.ts';

type Invoice = Stored<'invoice'>;
const DAY = 86_400;

/** Who tries to collect: the schedule, a request to pay, or the customer in the browser. */
export type Payer = 'schedule' | 'request' | 'browser';

export type Attempt = {
  by: Payer;
  /** The payment method or source to use; by default what the invoice is collected from. */
  method?: string | null;
  /** Whether the customer is there to authenticate; by default nobody is. */
  onSession?: boolean;
  /** Whether a failure is followed by the schedule's retries. They are not when the first invoice of a subscription fails. */
  retries?: boolean;
};

/** What came of it. `error` is Stripe's 402, to be thrown where a request asked for the payment; what it says is kept. */
export type Collected = { invoice: Invoice; error: StripeError | null };

/** Tries to collect what is left to pay of an open invoice. A refusal (nothing to draw on, say) is thrown. */
export function payInvoice(tx: Transaction, id: string, attempt: Attempt): Collected {
  const invoice = tx.get('invoice', id)!;
  const method = attempt.method ?? methodFor(tx, invoice);
  if (method === null) {
    if (attempt.by !== 'schedule') throw NOTHING_TO_DRAW_ON();
    // Nobody was asked for the money: logs show no `invoice.updated` beside the failure.
    const failed = attemptFailed(tx, id, { ...attempt, method: null });
    tx.because('invoice', id, 'collected');
    return { invoice: failed, error: null };
  }
  const intent = ensureIntent(tx, invoice);
  tx.update('payment_intent', intent.id, { payment_method: choosePaymentMethod(tx, method).paymentMethod });
  // While it is set, what becomes of the intent is looked at here and not by `follow`, which serves the browser.
  tx.update('invoice', id, {}, { collecting: attempt.by });
  let error: StripeError | null = null;
  try {
    const how = { offSession: attempt.onSession !== true, returnUrl: null, errorOnRequiresAction: false, waits: true };
    const { status } = confirmIntent(tx, intent.id, how);
    if (status === 'requires_action') {
      actionRequired(tx, id, attempt);
      error = ACTION_REQUIRED(intent.id);
    }
  } catch (thrown) {
    if (!(thrown instanceof StripeError && thrown.keep)) throw thrown;
    error = thrown;
    attemptFailed(tx, id, attempt);
  }
  return { invoice: tx.update('invoice', id, {}, { collecting: null }), error };
}

/**
 * An attempt failed. The first one counts whoever made it, after that only those of the schedule, which decides when
 * the next one is. Where there was nothing to draw on (`method` null) there is no next one, and dunning does not end:
 * docs.stripe.com/billing/revenue-recovery/smart-retries.
 */
export function attemptFailed(tx: Transaction, id: string, { by, method, retries = true }: Attempt): Invoice {
  const { object: invoice, hidden } = tx.row('invoice', id)!;
  const first = invoice.attempt_count === 0;
  const counts = first || by === 'schedule';
  const scheduled =
    invoice.auto_advance === true && invoice.collection_method === 'charge_automatically' && retries && method !== null;
  const days = (hidden['retryAfterDays'] as readonly number[] | undefined) ?? [];
  const attempts = invoice.attempt_count + Number(counts);
  const wait = days[attempts - 1];
  const next = !scheduled
    ? null
    : !counts
      ? invoice.next_payment_attempt
      : wait === undefined
        ? null
        : tx.now + wait * DAY;
  const failed = tx.update(
    'invoice',
    id,
    { attempt_count: attempts, attempted: true, next_payment_attempt: next },
    { failures: Number(hidden['failures'] ?? 0) + 1 },
  );
  if (by === 'schedule') setDelinquent(tx, invoice.customer as string, true);
  if (subscriptionOf(failed)) invoiceFailed(tx, failed, next === null && method !== null);
  return tx.get('invoice', id)!;
}

/** The bank asks the customer to authenticate: for the invoice an attempt that failed, until the customer does. */
export function actionRequired(tx: Transaction, id: string, attempt: Attempt): Invoice {
  const { hidden } = tx.row('invoice', id)!;
  tx.update('invoice', id, {}, { asked: Number(hidden['asked'] ?? 0) + 1 });
  return attemptFailed(tx, id, attempt);
}

const NOTHING_TO_DRAW_ON = () =>
  stripeError('missing', [
    'This customer has no attached payment source or default payment method. Please consider adding a default ' +
      'payment method. For more information, visit ' +
      'https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
  ]);

const ACTION_REQUIRED = (payment_intent: string) =>
  declined({
    code: 'invoice_payment_intent_requires_action',
    doc_url: 'https://stripe.com/docs/error-codes/invoice-payment-intent-requires-action',
    message:
      'This payment requires additional user action before it can be completed successfully. Payment can be completed ' +
      `using the PaymentIntent associated with the invoice (${payment_intent}).`,
    type: 'card_error',
  });
