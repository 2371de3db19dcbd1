import { card, type DisputeFact } from './card.ts';

const fraudulent = (extra: Partial<DisputeFact> = {}): { dispute: DisputeFact } => ({
  dispute: { reason: 'fraudulent', ...extra },
});

/** Cards that succeed and are disputed, or warned about, at once. */
export const DISPUTE_CARDS = [
  card('4000000000000259', 'createDispute', fraudulent()),
  card('4000000000002685', 'createDisputeProductNotReceived', { dispute: { reason: 'product_not_received' } }),
  card('4000000000001976', 'createDisputeInquiry', fraudulent({ inquiry: true })),
  card('4000000000005423', 'createIssuerFraudRecord', { earlyFraudWarning: true }),
  // Stripe says "multiple" without a number; two is the least that means.
  card('4000000404000079', 'createMultipleDisputes', fraudulent({ count: 2 })),
  card('4000000404000038', 'createCe3EligibleDispute', fraudulent({ eligibleFor: 'visa_compelling_evidence_3' })),
  card('4000008400000779', 'createComplianceDispute', {
    dispute: { reason: 'noncompliant', eligibleFor: 'visa_compliance' },
  }),
  card('5105008400000002', 'createMastercardComplianceDispute', {
    brand: 'mastercard',
    dispute: { reason: 'noncompliant', eligibleFor: 'mastercard_compliance' },
  }),
  card('4000000001000043', 'createAutoRepresentmentEligibleDispute', fraudulent({ eligibleFor: 'smart_disputes' })),
  card('4000000404004816', 'createRapidDisputeResolutionDispute', fraudulent({ preventedBy: 'visa_rdr' })),
  card('4000000404005649', 'createCe3BlockDispute', fraudulent({ preventedBy: 'visa_ce3' })),
  card('5105000300000018', 'createEthocaAlert', {
    brand: 'mastercard',
    ...fraudulent({ preventedBy: 'ethoca' }),
  }),
];

/** What `evidence.uncategorized_text` does to a test dispute when it is submitted. */
export const DISPUTE_EVIDENCE: Readonly<Record<string, 'won' | 'lost' | 'escalated'>> = {
  winning_evidence: 'won',
  losing_evidence: 'lost',
  // An inquiry becomes a chargeback, and only then is the money withdrawn.
  escalate_inquiry_evidence: 'escalated',
};
