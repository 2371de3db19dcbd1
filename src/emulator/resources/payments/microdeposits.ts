import { MICRODEPOSITS } from '../../../stripe/cards/index.ts';
import { StripeError, stripeError } from '../../http/errors.ts';
import type { Transaction } from '../../world/transaction.ts';

const DAY = 24 * 60 * 60;
/** Seconds in which the customer may tell what arrived (docs.stripe.com/payments/ach-direct-debit#microdeposits). */
const VERIFY_WITHIN = 10 * DAY;
const ATTEMPTS = 10;

/** A deposit of some cents is on its way to a bank account: who knows its code has the account. */
export function askForMicrodeposits(tx: Transaction) {
  // They arrive on the next day but one, at midnight UTC.
  const arrival_date = Math.floor(tx.now / DAY) * DAY + 2 * DAY;
  return {
    next_action: {
      type: 'verify_with_microdeposits',
      verify_with_microdeposits: {
        arrival_date,
        hosted_verification_url: `https://payments.stripe.com/microdeposit/pacs_test_${tx.text(32)}`,
        microdeposit_type: 'descriptor_code' as const,
      },
    },
    verifyBy: tx.now + VERIFY_WITHIN,
  };
}

export type Answer = { amounts?: number[]; descriptor_code?: string };

/** What an answer means. A wrong one may be corrected, so often; `failed` is the code of an end. */
type Verdict = { verified: true } | { failed: string; message: string } | { wrong: StripeError };

/** Judges an answer to microdeposits: Stripe's test answers stand for its outcomes, every other is wrong. */
function judge({ amounts, descriptor_code: code }: Answer, earlier: number): Verdict {
  if (amounts && code) throw stripeError('parameters_exclusive', ['amounts', 'descriptor_code']);
  if (!amounts && !code)
    throw stripeError('missing', ['Provide either `amounts` or `descriptor_code`: what arrived on the bank account.']);
  const found = MICRODEPOSITS.find(
    (each) => each.descriptorCode === code || (amounts && sorted(amounts) === sorted(each.amounts)),
  );
  const left = ATTEMPTS - earlier - 1;
  if (found?.effect === 'verified') return { verified: true };
  if (found?.effect === 'timeout') return TIMED_OUT;
  if (found?.effect === 'too_many_attempts' || left === 0)
    return {
      failed: 'payment_method_microdeposit_verification_attempts_exceeded',
      message: 'You have exceeded the number of allowed verification attempts.',
    };
  const mismatch = code ? 'descriptor_code' : 'amounts';
  return {
    wrong: refusal(
      `payment_method_microdeposit_verification_${mismatch}_mismatch`,
      `The ${code ? 'descriptor code provided does' : 'amounts provided do'} not match what was sent to the bank account. You have ${left} verification attempts remaining.`,
      true,
    ),
  };
}

const NAMES = { payment_intent: 'PaymentIntent', setup_intent: 'SetupIntent' };

/**
 * The customer tells what arrived: the account is theirs, another try is left (thrown, and counted), or it has failed,
 * which `failed` records before the refusal is thrown.
 */
export function verify<Intent>(
  tx: Transaction,
  kind: keyof typeof NAMES,
  id: string,
  { answer, verified, failed }: { answer: Answer; verified: () => Intent; failed: (why: typeof TIMED_OUT) => unknown },
): Intent {
  const { object: intent, hidden } = tx.row(kind, id)!;
  if (hidden['verifyBy'] == null)
    throw stripeError(`${kind}_unexpected_state`, [
      `You cannot verify microdeposits of this ${NAMES[kind]} because it has a status of ${intent.status} and none were sent for it.`,
    ]);
  const attempts = Number(hidden['attempts']);
  const verdict = judge(answer, attempts);
  if ('verified' in verdict) {
    tx.update('payment_method', intent.payment_method as string, {}, { verified: true });
    return verified();
  }
  if ('wrong' in verdict) {
    tx.update(kind, id, {}, { attempts: attempts + 1 });
    throw verdict.wrong;
  }
  failed(verdict);
  throw refusal(verdict.failed, verdict.message, true);
}

/** Nobody answered in time. */
export const TIMED_OUT = {
  failed: 'payment_method_microdeposit_verification_timeout',
  message: 'Microdeposit verification timed out: it was not completed within 10 days.',
};

/** Stripe's refusal; `keep` when what led to it stays on record. */
export const refusal = (code: string, message: string, keep = false): StripeError =>
  new StripeError(
    400,
    {
      code,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      message,
      type: 'invalid_request_error',
    },
    keep,
  );

const sorted = (amounts: readonly number[]) => amounts.toSorted((a, b) => a - b).join(' ');
