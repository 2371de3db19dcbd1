import type Stripe from 'stripe';
import { DISPUTE_EVIDENCE, type TestCard } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { became, changed, created, defineResource, type Call, type Change } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { DISPUTE_FEE } from '../money.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';
import { post } from './balance.ts';
import { cardOf } from './charging.ts';
import { emptyEvidence, enhancedTypes } from './dispute-evidence.ts';
import { nothingLeftToDo } from './early-fraud-warning.ts';

const DAY = 24 * 60 * 60;
/** Seconds from a dispute to the withdrawal of its money (an observed second for the books, another for the event). */
const WITHDRAWN_AFTER = 2;
/** Seconds until the bank decides on submitted evidence: seconds in test mode, 60 to 75 days in life. */
const DECIDED_AFTER = 5;
/** Banks give from 7 to 21 days to answer; test disputes give nine. */
const DUE_AFTER = 9 * DAY;

type Status = Stored<'dispute'>['status'];
const CLOSED: Status[] = ['won', 'lost', 'warning_closed', 'prevented'];
const closed = became<'dispute'>('status', ...CLOSED);
const money = (more: (amount: number) => boolean) => (change: Change<'dispute'>) => {
  const { before, after } = change;
  const added = after.object.balance_transactions.slice(before?.object.balance_transactions.length ?? 0);
  return before !== undefined && added.some(({ amount }) => more(amount));
};

export const dispute = defineResource('dispute', {
  prefix: 'du',
  operations: { 'disputes.update': update, 'disputes.close': close },
  events: [
    { type: 'charge.dispute.created', when: created, rank: RANK.dispute },
    { type: 'charge.dispute.closed', when: closed, rank: RANK.dispute, previous: true },
    { type: 'charge.dispute.funds_withdrawn', when: money((amount) => amount < 0), rank: RANK.disputeFunds },
    { type: 'charge.dispute.funds_reinstated', when: money((amount) => amount > 0), rank: RANK.disputeFunds },
    {
      type: 'charge.dispute.updated',
      when: changed<'dispute'>('evidence', 'evidence_details', 'status', 'metadata'),
      otherwise: true,
      rank: RANK.dispute,
      previous: true,
    },
  ],
  timers: [
    {
      name: 'withdraw',
      at: (_, hidden) => hidden['withdrawsAt'] as number | null,
      run: (tx, { id }) => move(tx, id, 'withdraw'),
    },
    {
      name: 'decide',
      at: (_, hidden) => hidden['decidedAt'] as number | null,
      run: (tx, { id }, hidden) => decide(tx, id, hidden['verdict'] as 'won' | 'lost'),
    },
    {
      // Told in an event of its own, in the same second.
      name: 'reinstate',
      at: (_, hidden) => hidden['reinstatesAt'] as number | null,
      run: (tx, { id }) => move(tx, id, 'reinstate'),
    },
    {
      // Nobody answered: the bank takes that as acceptance.
      name: 'due',
      at: ({ status, evidence_details }) => (status.endsWith('needs_response') ? evidence_details.due_by : null),
      run: (tx, { id }) => decide(tx, id, 'lost'),
    },
  ],
});

/** Opens what the test card has in store for a charge: one dispute, or several parts of the amount, or an inquiry. */
export function openDisputes(tx: Transaction, chargeId: string) {
  const { object: charge, hidden } = tx.row('charge', chargeId)!;
  const card = cardOf(hidden);
  const { count = 1 } = card.dispute!;
  const { amount_captured: taken } = charge;
  const part = Math.floor(taken / count);
  for (let i = 0; i < count; i++) open(tx, charge, card, i < count - 1 ? part : taken - part * (count - 1));
  tx.update('charge', chargeId, { disputed: true });
  nothingLeftToDo(tx, chargeId);
}

function open(tx: Transaction, charge: Stored<'charge'>, card: TestCard, amount: number) {
  const { inquiry = false, reason } = card.dispute!;
  const compliance = reason === 'noncompliant';
  tx.insert(
    'dispute',
    {
      id: tx.id('du'),
      object: 'dispute',
      amount,
      balance_transactions: [],
      charge: charge.id,
      created: tx.now,
      currency: charge.currency,
      enhanced_eligibility_types: enhancedTypes(card),
      evidence: emptyEvidence(charge),
      evidence_details: {
        due_by: tx.now + DUE_AFTER,
        enhanced_eligibility: {},
        has_evidence: false,
        past_due: false,
        submission_count: 0,
        submission_method: 'not_submitted',
      },
      is_charge_refundable: inquiry,
      livemode: false,
      metadata: {},
      network_reason_code: reason === 'fraudulent' ? '10.4' : reason === 'product_not_received' ? '13.1' : '98',
      payment_intent: charge.payment_intent,
      payment_method_details: {
        card: {
          brand: card.brand,
          case_type: compliance ? 'compliance' : inquiry ? 'inquiry' : 'chargeback',
          network: card.brand,
          network_reason_code: reason === 'fraudulent' ? '10.4' : reason === 'product_not_received' ? '13.1' : '98',
        },
        type: 'card',
      },
      reason,
      status: inquiry ? 'warning_needs_response' : 'needs_response',
    },
    { withdrawsAt: inquiry ? null : tx.now + WITHDRAWN_AFTER },
  );
}

function update({ tx, params, path }: Call) {
  const dispute = need(tx, 'dispute', path[0]!, 'dispute');
  const { evidence: given, submit } = params as unknown as Stripe.DisputeUpdateParams;
  const metadata = mergeMetadata(dispute.metadata, params['metadata']);
  if (given === undefined && submit === undefined) return tx.update('dispute', dispute.id, { metadata });
  if (CLOSED.includes(dispute.status)) throw stripeError('dispute_closed', [dispute.id]);
  const evidence = { ...dispute.evidence, ...(given as object | undefined) } as Stored<'dispute'>['evidence'];
  const details = { ...dispute.evidence_details, has_evidence: hasAny(evidence) };
  // Evidence is submitted unless it is only being staged.
  if (submit === false) return tx.update('dispute', dispute.id, { evidence, evidence_details: details, metadata });
  details.submission_count++;
  details.submission_method = 'manual';
  return tx.update(
    'dispute',
    dispute.id,
    { evidence, evidence_details: details, metadata, ...submitted(dispute, evidence) },
    verdict(tx, dispute, evidence),
  );
}

const hasAny = (evidence: Stored<'dispute'>['evidence']) =>
  Object.values(evidence).some((value) => typeof value === 'string');

function submitted(
  { status, payment_method_details: paid }: Stored<'dispute'>,
  evidence: Stored<'dispute'>['evidence'],
): Partial<Stored<'dispute'>> {
  const effect = DISPUTE_EVIDENCE[evidence.uncategorized_text ?? ''];
  if (!status.startsWith('warning')) return { status: 'under_review' };
  if (effect !== 'escalated') return { status: 'warning_under_review' };
  return {
    status: 'needs_response',
    is_charge_refundable: false,
    ...(paid?.card && { payment_method_details: { ...paid, card: { ...paid.card, case_type: 'chargeback' } } }),
  };
}

/** What the bank will decide: what the test evidence says, else nothing until a test says so or `due_by` passes. */
function verdict(tx: Transaction, { status }: Stored<'dispute'>, evidence: Stored<'dispute'>['evidence']) {
  const effect = DISPUTE_EVIDENCE[evidence.uncategorized_text ?? ''];
  if (effect === 'escalated') return status.startsWith('warning') ? { withdrawsAt: tx.now + WITHDRAWN_AFTER } : {};
  return effect ? { decidedAt: tx.now + DECIDED_AFTER, verdict: effect } : {};
}

function close({ tx, path }: Call) {
  const dispute = need(tx, 'dispute', path[0]!, 'dispute');
  if (CLOSED.includes(dispute.status)) throw stripeError('dispute_closed', [dispute.id]);
  decide(tx, dispute.id, 'lost');
  return tx.get('dispute', dispute.id);
}

function decide(tx: Transaction, id: string, verdict: 'won' | 'lost') {
  const { object, hidden } = tx.row('dispute', id)!;
  const status = object.status.startsWith('warning') ? 'warning_closed' : verdict;
  const reinstates = status === 'won' && object.balance_transactions.length > 0;
  tx.update(
    'dispute',
    id,
    { status },
    {
      decidedAt: null,
      withdrawsAt: status === 'lost' ? hidden['withdrawsAt'] : null,
      reinstatesAt: reinstates ? tx.now : null,
    },
  );
}

/** The bank takes the amount and its fee out of the account, or gives both back. */
function move(tx: Transaction, id: string, way: 'withdraw' | 'reinstate') {
  const { object } = tx.row('dispute', id)!;
  const sign = way === 'withdraw' ? -1 : 1;
  const transaction = post(tx, {
    amount: sign * object.amount,
    fee: -sign * DISPUTE_FEE,
    feeDescription: 'Dispute fee',
    currency: object.currency,
    type: 'adjustment',
    reportingCategory: way === 'withdraw' ? 'dispute' : 'dispute_reversal',
    source: id,
    description:
      way === 'withdraw' ? `Chargeback withdrawal for ${object.charge}` : `Chargeback reversal for ${object.charge}`,
    atOnce: true,
  });
  const transactions = [...object.balance_transactions, transaction] as Stored<'dispute'>['balance_transactions'];
  tx.update('dispute', id, { balance_transactions: transactions }, { withdrawsAt: null, reinstatesAt: null });
}
