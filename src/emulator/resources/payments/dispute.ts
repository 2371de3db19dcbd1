import type Stripe from 'stripe';
import { DISPUTE_EVIDENCE } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { became, changed, created, defineResource, type Call, type Change } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { DISPUTE_FEE } from '../money.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';
import { post } from './balance.ts';

/** Seconds until the bank decides on submitted evidence: seconds in test mode, 60 to 75 days in life. */
const DECIDED_AFTER = 5;

type Dispute = Stored<'dispute'>;
const CLOSED: Dispute['status'][] = ['won', 'lost', 'warning_closed', 'prevented'];
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
      name: 'escalate',
      at: (_, hidden) => hidden['escalatesAt'] as number | null,
      run: (tx, { id }) => escalate(tx, id),
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
    {
      evidence,
      evidence_details: details,
      metadata,
      status: dispute.status.startsWith('warning') ? 'warning_under_review' : 'under_review',
    },
    verdict(tx, dispute, evidence),
  );
}

const hasAny = (evidence: Stored<'dispute'>['evidence']) =>
  Object.values(evidence).some((value) => typeof value === 'string');

/** What the bank will decide: what the test evidence says, else nothing until a test says so or `due_by` passes. */
function verdict(tx: Transaction, { status }: Dispute, evidence: Dispute['evidence']): Hidden {
  const effect = DISPUTE_EVIDENCE[evidence.uncategorized_text ?? ''];
  if (!effect) return {};
  const decidedAt = tx.now + DECIDED_AFTER;
  if (effect !== 'escalated') return { decidedAt, verdict: effect };
  return status.startsWith('warning') ? { escalatesAt: decidedAt } : {};
}

/** The bank is not content: an inquiry becomes a chargeback, to be answered anew, and the money goes. */
function escalate(tx: Transaction, id: string): void {
  const { payment_method_details: paid } = tx.get('dispute', id)!;
  tx.update(
    'dispute',
    id,
    {
      status: 'needs_response',
      is_charge_refundable: false,
      ...(paid?.card && { payment_method_details: { ...paid, card: { ...paid.card, case_type: 'chargeback' } } }),
    },
    // Told in an event of its own, in the same second.
    { escalatesAt: null, withdrawsAt: tx.now },
  );
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
      escalatesAt: null,
      withdrawsAt: status === 'lost' ? hidden['withdrawsAt'] : null,
      reinstatesAt: reinstates ? tx.now : null,
    },
  );
}

/** The bank takes the amount and its fee out of the account, or gives both back. */
function move(tx: Transaction, id: string, way: 'withdraw' | 'reinstate') {
  const { object, hidden } = tx.row('dispute', id)!;
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
  // Where the bank's word is final, its decision is told in an event of its own, in the same second.
  const lost = way === 'withdraw' && hidden['final'] ? { decidedAt: tx.now, verdict: 'lost' } : {};
  tx.update('dispute', id, { balance_transactions: transactions }, { withdrawsAt: null, reinstatesAt: null, ...lost });
}
