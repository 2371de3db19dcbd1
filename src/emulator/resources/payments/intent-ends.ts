import type { JsonObject } from '../../../base/json.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { follow } from '../billing/invoices/follow.ts';
import type { Acceptance } from './mandate.ts';
import { attach } from './payment-method.ts';

type Intent = Stored<'payment_intent'>;

/** How an intent is confirmed: by whom, and what came along. */
export type Confirmation = {
  offSession: boolean;
  returnUrl: string | null;
  errorOnRequiresAction: boolean;
  /** An invoice is patient: when the bank asks, its intent waits for the customer though nobody is there now. */
  waits?: boolean;
  /** Who confirms decides where `payment_method.attached` stands among the events. */
  inBrowser?: boolean;
  /** What the customer agreed to now, or the id of what they agreed to earlier. */
  accepted?: Acceptance | null;
  mandate?: string | null;
};

/** An outcome is there: what the intent was made for follows. */
export function settled(tx: Transaction, intent: Intent): Intent {
  follow(tx, intent);
  return intent;
}

/** An attempt failed: the intent waits for another payment method. */
export function attemptFailed(tx: Transaction, id: string, error: JsonObject, charge?: string): Intent {
  const failures = Number(tx.row('payment_intent', id)!.hidden['failures'] ?? 0) + 1;
  const failed = tx.update(
    'payment_intent',
    id,
    {
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_payment_error: error as unknown as Intent['last_payment_error'],
      ...(charge && { latest_charge: charge }),
    },
    { failures, how: null, verifyBy: null },
  );
  return settled(tx, failed);
}

/** The bank took the money for good, or for now (a hold that waits for capture). */
export function attemptSucceeded(tx: Transaction, id: string, charge: Stored<'charge'>): Intent {
  const { amount } = tx.get('payment_intent', id)!;
  const outcome: Partial<Intent> = charge.captured
    ? { status: 'succeeded', amount_received: amount }
    : { status: 'requires_capture', amount_capturable: amount };
  return tx.update('payment_intent', id, {
    ...outcome,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
}

/** A payment method that is to be used again is saved to the customer once it has worked. */
export function saveMethod(tx: Transaction, intent: Intent, { inBrowser }: Confirmation): void {
  const method = intent.payment_method as string;
  const found = tx.get('payment_method', method);
  if (!found) return;
  if (intent.setup_future_usage === 'off_session') tx.update('payment_method', method, {}, { setUp: true });
  if (found.customer || found.type === 'customer_balance') return;
  if (intent.customer && intent.setup_future_usage) {
    attach(tx, method, intent.customer as string);
    // The intent of an invoice that nobody's card pays is confirmed on a page, and never on the server.
    const onPage = inBrowser || tx.row('payment_intent', intent.id)?.hidden['invoice'] !== undefined;
    tx.because('payment_method', method, onPage ? 'intent.confirmed_in_browser' : 'intent.confirmed');
  } else tx.update('payment_method', method, {}, { spent: true });
}

/** Nothing more will come of it. */
export const endIntent = (tx: Transaction, id: string, reason: Intent['cancellation_reason']): Intent =>
  tx.update(
    'payment_intent',
    id,
    { status: 'canceled', amount_capturable: 0, canceled_at: tx.now, cancellation_reason: reason, next_action: null },
    { how: null, verifyBy: null },
  );
