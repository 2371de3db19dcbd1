import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import type { Call } from '../define.ts';
import { need } from '../references.ts';
import { startDebit } from './debit.ts';
import { attemptFailed, type Confirmation } from './intent-ends.ts';
import { judge, refusal, TIMED_OUT, type Answer } from './microdeposits.ts';

type Intent = Stored<'payment_intent'>;

/** `paymentIntents.verifyMicrodeposits`: the customer tells what arrived, and the debit goes on its way. */
export function verifyMicrodeposits({ tx, params, path }: Call): Intent {
  const { id, status } = need(tx, 'payment_intent', path[0]!, 'intent');
  const { object: intent, hidden } = tx.row('payment_intent', id)!;
  if (hidden['verifyBy'] == null)
    throw stripeError('payment_intent_unexpected_state', [
      `You cannot verify microdeposits of this PaymentIntent because it has a status of ${status} and none were sent for it.`,
    ]);
  const attempts = Number(hidden['attempts']);
  const verdict = judge(params as Answer, attempts);
  if ('verified' in verdict) {
    tx.update('payment_method', intent.payment_method as string, {}, { verified: true });
    return startDebit(tx, id, hidden['mandate'] as string, hidden['how'] as Confirmation);
  }
  if ('wrong' in verdict) {
    tx.update('payment_intent', id, {}, { attempts: attempts + 1 });
    throw verdict.wrong;
  }
  verificationFailed(tx, id, verdict);
  throw refusal(verdict.failed, verdict.message, true);
}

/** It was not shown whose account it is: another payment method is needed. */
export function verificationFailed(tx: Transaction, id: string, why = TIMED_OUT): void {
  const { body } = refusal(why.failed, why.message);
  attemptFailed(tx, id, body);
}
