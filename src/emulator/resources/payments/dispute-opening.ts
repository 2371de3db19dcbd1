import type { TestBankAccount, TestCard } from '../../../stripe/cards/index.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { accountOf, cardOf } from './charge-record.ts';
import { emptyEvidence, enhancedTypes } from './dispute-evidence.ts';
import { nothingLeftToDo } from './early-fraud-warning.ts';
import { closeReview } from './review.ts';

const DAY = 24 * 60 * 60;
/** Seconds from a dispute to the withdrawal of its money (an observed second for the books, another for the event). */
const WITHDRAWN_AFTER = 2;
/** Banks give from 7 to 21 days to answer; test disputes give nine. */
const DUE_AFTER = 9 * DAY;

/** Opens what the test card has in store for a charge: one dispute, or several parts of the amount, or an inquiry. */
export function openDisputes(tx: Transaction, chargeId: string) {
  const { object: charge, hidden } = tx.row('charge', chargeId)!;
  const card = cardOf(hidden);
  const { count = 1 } = card?.dispute ?? {};
  const { amount_captured: taken } = charge;
  const part = Math.floor(taken / count);
  for (let i = 0; i < count; i++) {
    const amount = i < count - 1 ? part : taken - part * (count - 1);
    if (card) openCardDispute(tx, charge, card, amount);
    else openReturn(tx, charge, accountOf(hidden)!, amount);
  }
  tx.update('charge', chargeId, { disputed: true });
  closeReview(tx, charge, 'disputed');
  nothingLeftToDo(tx, chargeId);
}

type Dispute = Stored<'dispute'>;

function open(tx: Transaction, charge: Stored<'charge'>, fields: Partial<Dispute>, hidden: Hidden) {
  return tx.insert(
    'dispute',
    {
      id: tx.id('du'),
      object: 'dispute',
      balance_transactions: [],
      charge: charge.id,
      created: tx.now,
      currency: charge.currency,
      enhanced_eligibility_types: [],
      evidence: emptyEvidence(charge),
      evidence_details: {
        due_by: tx.now + DUE_AFTER,
        enhanced_eligibility: {},
        has_evidence: false,
        past_due: false,
        submission_count: 0,
        submission_method: 'not_submitted',
      },
      is_charge_refundable: false,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      ...fields,
    } as Partial<Dispute>,
    hidden,
  );
}

function openCardDispute(tx: Transaction, charge: Stored<'charge'>, card: TestCard, amount: number) {
  const { inquiry = false, reason } = card.dispute!;
  const code = REASON_CODE[reason]!;
  const case_type = reason === 'noncompliant' ? 'compliance' : inquiry ? 'inquiry' : 'chargeback';
  const { brand } = card;
  open(
    tx,
    charge,
    {
      amount,
      enhanced_eligibility_types: enhancedTypes(card),
      is_charge_refundable: inquiry,
      network_reason_code: code,
      payment_method_details: { card: { brand, case_type, network: brand, network_reason_code: code }, type: 'card' },
      reason,
      status: inquiry ? 'warning_needs_response' : 'needs_response',
    },
    { withdrawsAt: inquiry ? null : tx.now + WITHDRAWN_AFTER },
  );
}

/** Visa's codes for a few reasons. */
const REASON_CODE: Record<string, string> = { fraudulent: '10.4', product_not_received: '13.1', noncompliant: '98' };

/**
 * A bank takes back a debit that went through. It asks nobody: once the money is gone the dispute is lost
 * (docs.stripe.com/payments/sepa-debit#disputed-payments, and the same for the other debits).
 */
function openReturn(tx: Transaction, charge: Stored<'charge'>, { type }: TestBankAccount, amount: number) {
  const reason = type === 'us_bank_account' ? 'insufficient_funds' : 'debit_not_authorized';
  open(
    tx,
    charge,
    { amount, reason, status: 'needs_response' },
    { withdrawsAt: tx.now + WITHDRAWN_AFTER, final: true },
  );
}
