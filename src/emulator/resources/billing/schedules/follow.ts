import type { Transaction } from '../../../world/transaction.ts';

/** The subscription of a schedule has ended otherwise: so has the schedule. `aborted`: because it was not paid. */
export function subscriptionEnded(tx: Transaction, id: string | null, aborted: boolean): void {
  const schedule = tx.get('subscription_schedule', id);
  if (schedule?.status !== 'active') return;
  const ended = { canceled_at: tx.now, current_phase: null, status: 'canceled' } as const;
  tx.update('subscription_schedule', schedule.id, ended, { aborted });
}
