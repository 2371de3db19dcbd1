import { stripeError } from '../../../http/errors.ts';
import type { Transaction } from '../../../world/transaction.ts';

/** Makes sure that nobody else has a lookup key: takes it from whoever does, or refuses. */
export function giveLookupKey(tx: Transaction, key: string, transfer: boolean, to?: string): void {
  for (const { id } of tx.newest('price', { field: 'lookup_key', value: key })) {
    if (id === to) continue;
    if (!transfer)
      throw stripeError(
        'taken',
        [`A price (\`${id}\`) already uses that lookup key. Pass transfer_lookup_key=true to take it over.`],
        'lookup_key',
      );
    tx.update('price', id, { lookup_key: null });
  }
}
