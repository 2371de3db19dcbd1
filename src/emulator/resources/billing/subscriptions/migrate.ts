import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { isOver } from './cancel.ts';

type Params = { billing_mode: { flexible?: { proration_discounts?: string } } };

/** Moves a subscription from classic billing mode to flexible, for good: there is no way back. */
export function migrate({ tx, params, path }: Call): Stored<'subscription'> {
  const subscription = need(tx, 'subscription', path[0]!, 'id');
  const { id, billing_mode: mode, status } = subscription;
  if (isOver(subscription))
    throw stripeError('wrong_state', [`Subscription ${id} is ${status}: only one that goes on can be migrated.`]);
  if (mode.type === 'flexible')
    throw stripeError('wrong_state', [`Subscription ${id} is in flexible billing mode already.`]);
  if ((params as Params).billing_mode.flexible?.proration_discounts === 'itemized')
    throw stripeError(
      'paybell_not_modelled',
      ['`billing_mode[flexible][proration_discounts]`'],
      'billing_mode[flexible][proration_discounts]',
    );
  return tx.update('subscription', id, {
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: tx.now },
  });
}
