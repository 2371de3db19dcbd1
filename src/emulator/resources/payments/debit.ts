import type { JsonObject } from '../../../base/json.ts';
import { debitMessage, type TestBankAccount } from '../../../stripe/cards/index.ts';
import { StripeError, stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { bankDetails, hideBank, type Holder } from './bank-account.ts';
import { accountOf, bankActsAt, fromIntent, insertCharge, receiptUrl, settle } from './charge-record.ts';
import { attemptFailed, attemptSucceeded, saveMethod, settled, type Confirmation } from './intent-ends.ts';
import { endMandate, mandateFor } from './mandate.ts';
import { askForMicrodeposits } from './microdeposits.ts';
import { verified } from './payment-method.ts';

type Intent = Stored<'payment_intent'>;

/** Seconds a `delayed` test account takes: Stripe promises at least three minutes. */
const DELAY = 3 * 60;
const CURRENCY = { us_bank_account: 'usd', sepa_debit: 'eur', bacs_debit: 'gbp', au_becs_debit: 'aud' } as const;

/** Sends a debit on its way. It is known days later (in test mode at once, or minutes later) whether it went through. */
export function confirmDebit(tx: Transaction, id: string, bank: TestBankAccount, how: Confirmation): Intent {
  const intent = tx.get('payment_intent', id)!;
  const method = tx.get('payment_method', intent.payment_method as string)!;
  const { type } = bank;
  if (intent.currency !== CURRENCY[type])
    throw stripeError(
      'parameter_invalid',
      ['currency', `payments by ${type} are in ${CURRENCY[type]}, and not in ${intent.currency}`],
      'currency',
    );
  if (intent.capture_method === 'manual')
    throw stripeError(
      'parameter_invalid',
      ['capture_method', `payments by ${type} are captured at once; use automatic`],
      'capture_method',
    );
  const many = intent.setup_future_usage === 'off_session';
  const { accepted = null, mandate: named = null } = how;
  const scope = many ? 'multi_use' : { amount: intent.amount, currency: intent.currency };
  let mandate: Stored<'mandate'>;
  try {
    mandate = mandateFor(tx, method, bank, { accepted, named, scope, intent: 'PaymentIntent' });
  } catch (error) {
    // Where nobody asks for the payment there is nobody to refuse: it has failed.
    if (!(how.waits && error instanceof StripeError)) throw error;
    attemptFailed(tx, id, error.body);
    throw new StripeError(error.status, error.body, true);
  }
  if (bank.outcome === 'refused') return refused(tx, id, bank, method);
  if (verified(tx, method.id)) return startDebit(tx, id, mandate.id, how);
  const { next_action, verifyBy } = askForMicrodeposits(tx);
  const asked = { status: 'requires_action', next_action } as Partial<Intent>;
  return settled(tx, tx.update('payment_intent', id, asked, { how, mandate: mandate.id, verifyBy, attempts: 0 }));
}

/** Not even the account can be used: there is no charge. */
function refused(
  tx: Transaction,
  id: string,
  { failureCode }: TestBankAccount,
  method: Stored<'payment_method'>,
): Intent {
  const code = failureCode ?? 'payment_intent_mandate_invalid';
  const error = { ...errorOf(code), payment_method: method as unknown as JsonObject };
  const intent = attemptFailed(tx, id, error);
  throw new StripeError(402, { ...error, payment_intent: intent as unknown as JsonObject }, true);
}

/** The debit goes to the bank under a mandate. */
export function startDebit(tx: Transaction, id: string, mandate: string, how: Confirmation): Intent {
  const intent = tx.get('payment_intent', id)!;
  const { object: method, hidden } = tx.row('payment_method', intent.payment_method as string)!;
  const bank = accountOf(hidden)!;
  const blocked = bank.outcome === 'blocked';
  const answersAt = bank.delayed ? tx.now + DELAY : bankActsAt(tx);
  const charge = insertCharge(
    tx,
    {
      amount: intent.amount,
      amount_captured: blocked ? 0 : intent.amount,
      billing_details: method.billing_details,
      captured: !blocked,
      currency: intent.currency,
      customer: intent.customer as string | null,
      outcome: outcomeOf(blocked),
      paid: false,
      payment_intent: id,
      payment_method: method.id,
      payment_method_details: bankDetails(bank, mandate, (method.us_bank_account ?? {}) as Holder),
      receipt_url: null,
      source: null,
      status: blocked ? 'failed' : 'pending',
      ...(blocked && { failure_code: 'blocked', failure_message: debitMessage('blocked') }),
      ...fromIntent(intent),
    },
    {
      ...hideBank(bank),
      mandate,
      answersAt: blocked || bank.outcome === 'processing' ? null : answersAt,
    },
  );
  if (blocked) {
    const error = { ...errorOf('blocked'), charge: charge.id, payment_method: method as unknown as JsonObject };
    const failed = attemptFailed(tx, id, error, charge.id);
    throw new StripeError(402, { ...error, payment_intent: failed as unknown as JsonObject }, true);
  }
  const fields = {
    status: 'processing',
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  } as const;
  const processing = tx.update('payment_intent', id, fields, { how: null, verifyBy: null });
  saveMethod(tx, processing, how);
  return settled(tx, processing);
}

/** The bank answers: the debit went through, or came back. */
export function bankAnswers(tx: Transaction, chargeId: string): void {
  const { object: charge, hidden } = tx.row('charge', chargeId)!;
  const { outcome, failureCode, mandate } = accountOf(hidden)!;
  const id = charge.payment_intent!;
  if (outcome === 'fails') {
    tx.update(
      'charge',
      chargeId,
      {
        amount_captured: 0,
        captured: false,
        failure_code: failureCode ?? GENERIC,
        failure_message: debitMessage(failureCode),
        status: 'failed',
      },
      { answersAt: null },
    );
    if (mandate === 'inactive') endMandate(tx, hidden['mandate'] as string);
    const method = tx.get('payment_method', charge.payment_method);
    const error = {
      ...errorOf(failureCode ?? GENERIC),
      charge: chargeId,
      payment_method: method as never as JsonObject,
    };
    attemptFailed(tx, id, error, chargeId);
    return;
  }
  tx.update(
    'charge',
    chargeId,
    { paid: true, receipt_url: receiptUrl(tx), status: 'succeeded' },
    { answersAt: null, disputesAt: outcome === 'disputed' ? bankActsAt(tx) : null },
  );
  const paid = settle(tx, chargeId);
  settled(tx, attemptSucceeded(tx, id, paid));
}

const GENERIC = 'payment_intent_payment_attempt_failed';

// Codes a charge can fail with for which an intent's error has none: there it is the general one.
const ONLY_ON_CHARGES = new Set(['blocked', 'invalid_currency', 'charge_exceeds_weekly_limit']);

function errorOf(failure: string): JsonObject {
  const code = ONLY_ON_CHARGES.has(failure) ? GENERIC : failure;
  return {
    code,
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    message: debitMessage(failure),
    type: 'invalid_request_error',
  };
}

const outcomeOf = (blocked: boolean) => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: blocked ? 'not_sent_to_network' : 'approved_by_network',
  reason: blocked ? 'highest_risk_level' : null,
  risk_level: blocked ? 'highest' : 'not_assessed',
  seller_message: blocked ? 'Stripe blocked this payment as too risky.' : 'Payment complete.',
  type: blocked ? 'blocked' : 'authorized',
});
