import type { Transaction } from '../../world/transaction.ts';
import { changed, created, defineResource } from '../define.ts';
import { RANK } from '../ranks.ts';

/** The card's bank suspects fraud: money stays where it is, for now. */
export function warn(tx: Transaction, charge: string) {
  const { payment_intent } = tx.get('charge', charge)!;
  return tx.insert('radar.early_fraud_warning', {
    id: tx.id('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge,
    created: tx.now,
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(payment_intent && { payment_intent }),
  });
}

export const earlyFraudWarning = defineResource('radar.early_fraud_warning', {
  prefix: 'issfr',
  events: [
    { type: 'radar.early_fraud_warning.created', when: created, rank: RANK.warning },
    { type: 'radar.early_fraud_warning.updated', when: changed('actionable'), rank: RANK.warning, previous: true },
  ],
});

/** Refunded or disputed in full: there is nothing left to act upon. */
export function nothingLeftToDo(tx: Transaction, charge: string) {
  for (const { object } of tx.newest('radar.early_fraud_warning', { field: 'charge', value: charge }))
    if (object.actionable) tx.update('radar.early_fraud_warning', object.id, { actionable: false });
}
