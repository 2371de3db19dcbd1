import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { methodOptions } from './method-options.ts';

/** Makes a payment intent that nobody has confirmed yet. `fields` say what it is for; amounts in minor units. */
export function insertIntent(
  tx: Transaction,
  fields: Partial<Stored<'payment_intent'>>,
  hidden: Hidden = {},
): Stored<'payment_intent'> {
  const id = tx.id('pi');
  return tx.insert(
    'payment_intent',
    {
      id,
      object: 'payment_intent',
      allowed_payment_method_types: null,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      capture_method: 'automatic_async',
      client_secret: `${id}_secret_${tx.text(25)}`,
      confirmation_method: 'automatic',
      created: tx.now,
      livemode: false,
      metadata: {},
      payment_method_options: methodOptions(['card']),
      payment_method_types: ['card', 'link'],
      status: 'requires_payment_method',
      ...fields,
    } as Partial<Stored<'payment_intent'>>,
    { failures: 0, ...hidden },
  );
}
