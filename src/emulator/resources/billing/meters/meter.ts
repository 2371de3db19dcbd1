import type Stripe from 'stripe';
import { sameJson } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { became, created, defineResource, type Call, type Change } from '../../define.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import { summaries } from './summaries.ts';

type Meter = Stored<'billing.meter'>;

const renamed = ({ before, after }: Change<'billing.meter'>) =>
  before !== undefined && !sameJson(before.object.display_name, after.object.display_name);
const reactivated = (change: Change<'billing.meter'>) =>
  change.before !== undefined && became<'billing.meter'>('status', 'active')(change);

/** What counts usage: events of one name, added up for each customer. Its name and formula never change. */
export const meter = defineResource('billing.meter', {
  prefix: 'mtr',
  operations: {
    'billing.meters.create': create,
    'billing.meters.update': ({ tx, params, path }) => {
      const { id, display_name: name } = need(tx, 'billing.meter', path[0]!);
      const display_name = (params['display_name'] as string | undefined) ?? name;
      return tx.update('billing.meter', id, { display_name, updated: tx.now });
    },
    'billing.meters.deactivate': (call) => switchTo(call, 'inactive'),
    'billing.meters.reactivate': (call) => switchTo(call, 'active'),
    'billing.meters.listEventSummaries': summaries,
  },
  events: [
    { type: 'billing.meter.created', when: created, rank: RANK.catalogue },
    { type: 'billing.meter.deactivated', when: became('status', 'inactive'), rank: RANK.catalogue },
    { type: 'billing.meter.reactivated', when: reactivated, rank: RANK.catalogue },
    { type: 'billing.meter.updated', when: renamed, rank: RANK.catalogue, previous: true },
  ],
});

/** The meter that counts events of a name now; undefined where none does. */
export function meterOf(tx: Transaction, eventName: string): Meter | undefined {
  for (const { object } of tx.newest('billing.meter', { field: 'event_name', value: eventName }))
    if (object.status === 'active') return object;
  return undefined;
}

function create({ tx, params: given }: Call): Meter {
  const params = given as unknown as Stripe.Billing.MeterCreateParams;
  const { default_aggregation, display_name, event_name } = params;
  if (meterOf(tx, event_name))
    throw stripeError(
      'parameter_invalid',
      ['event_name', `an active meter counts '${event_name}' already; deactivate that one first`],
      'event_name',
    );
  return tx.insert('billing.meter', {
    id: tx.id('mtr_test', 27),
    object: 'billing.meter',
    created: tx.now,
    customer_mapping: params.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    default_aggregation,
    display_name,
    event_name,
    event_time_window: params.event_time_window ?? null,
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: tx.now,
    value_settings: params.value_settings ?? { event_payload_key: 'value' },
  });
}

function switchTo({ tx, path }: Call, status: 'active' | 'inactive'): Meter {
  const found = need(tx, 'billing.meter', path[0]!);
  if (found.status === status) throw stripeError('wrong_state', [`Meter ${found.id} is ${status} already.`]);
  if (status === 'active' && meterOf(tx, found.event_name))
    throw stripeError('wrong_state', [`Another active meter counts '${found.event_name}'; deactivate that one first.`]);
  const deactivated_at = status === 'inactive' ? tx.now : null;
  return tx.update('billing.meter', found.id, { status, status_transitions: { deactivated_at }, updated: tx.now });
}
