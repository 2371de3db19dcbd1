import { snapshots } from './define.ts';

/** Snapshot events: disputes. */
export const disputes = snapshots('Disputes and fraud', {
  'charge.dispute.closed': {
    subject: 'dispute',
    text: 'A dispute reached a final status: won, lost or warning_closed.',
    seed: true,
  },
  'charge.dispute.created': {
    subject: 'dispute',
    text: "A cardholder's bank opened a dispute or inquiry against one of your payments.",
    seed: true,
  },
  'charge.dispute.funds_reinstated': {
    subject: 'dispute',
    text: 'Money taken for a dispute was returned to your balance.',
    seed: true,
  },
  'charge.dispute.funds_withdrawn': {
    subject: 'dispute',
    text: 'The disputed amount, plus any dispute fee, was taken from your balance.',
    seed: true,
  },
  'charge.dispute.updated': {
    subject: 'dispute',
    text: 'A dispute changed, usually because evidence was staged or submitted or its status advanced.',
    seed: true,
  },
  'radar.early_fraud_warning.created': {
    subject: 'radar.early_fraud_warning',
    text: 'A card issuer warned that a payment may be fraudulent.',
  },
  'radar.early_fraud_warning.updated': {
    subject: 'radar.early_fraud_warning',
    text: 'An early fraud warning changed, usually its actionable flag.',
  },
  'review.closed': {
    subject: 'review',
    text: 'A Radar review ended; its reason tells approved, refunded, disputed or cancelled.',
  },
  'review.opened': { subject: 'review', text: 'Radar queued a payment for manual review.' },
});
