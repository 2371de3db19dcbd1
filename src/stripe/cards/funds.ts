import { card } from './card.ts';

/** Cards that decide how a refund goes, or when the money is there. */
export const FUNDS_CARDS = [
  card('4000000000007726', 'pendingRefund', { refund: 'pending' }),
  card('4000000000005126', 'refundFail', { refund: 'fails' }),
  card('4000000000000077', 'bypassPending', { bypassPending: true }),
  card('4000003720000278', 'bypassPendingInternational', { bypassPending: true, country: 'IE' }),
];
