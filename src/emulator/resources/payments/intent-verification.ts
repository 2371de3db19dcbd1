import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import type { Call } from '../define.ts';
import { need } from '../references.ts';
import { startDebit } from './debit.ts';
import { attemptFailed, type Confirmation } from './intent-ends.ts';
import { refusal, TIMED_OUT, verify, type Answer } from './microdeposits.ts';

type Intent = Stored<'payment_intent'>;

/** `paymentIntents.verifyMicrodeposits`: the customer tells what arrived, and the debit goes on its way. */
export function verifyMicrodeposits({ tx, params, path }: Call): Intent {
  const { id } = need(tx, 'payment_intent', path[0]!, 'intent');
  const { hidden } = tx.row('payment_intent', id)!;
  return verify(tx, 'payment_intent', id, {
    answer: params as Answer,
    verified: () => startDebit(tx, id, hidden['mandate'] as string, hidden['how'] as Confirmation),
    failed: (why) => verificationFailed(tx, id, why),
  });
}

/** It was not shown whose account it is: another payment method is needed. */
export function verificationFailed(tx: Transaction, id: string, why = TIMED_OUT): void {
  const { body } = refusal(why.failed, why.message);
  attemptFailed(tx, id, body);
}
