import type { Transaction } from '../../../world/transaction.ts';
import { markUncollectible } from './end.ts';
import { finalizeInvoice } from './finalize.ts';

/** What becomes of the draft of a subscription whose collection is paused: void at once, or owed and written off. */
export function giveUpDraft(tx: Transaction, id: string, how: 'void' | 'mark_uncollectible'): void {
  if (how === 'mark_uncollectible') {
    const { status } = finalizeInvoice(tx, id, { autoAdvance: false });
    if (status === 'open') markUncollectible(tx, id);
    return;
  }
  const { status_transitions } = tx.get('invoice', id)!;
  tx.update('invoice', id, {
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...status_transitions, voided_at: tx.now },
  });
  tx.because('invoice', id, 'given_up');
}
