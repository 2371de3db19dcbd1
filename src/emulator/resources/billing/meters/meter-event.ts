import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { defineResource, type Call } from '../../define.ts';
import { meterOf } from './meter.ts';
import { usageKey } from './usage.ts';

const DAY = 86_400;
/** How far back usage may be told, and how far ahead, in seconds: docs.stripe.com/api/billing/meter-event. */
const WINDOW = { past: 35 * DAY, future: 300 };

/**
 * Usage, as it is told. It fires nothing. What no meter counts is accepted and counts for nothing, as at Stripe, which
 * tells of it in a thin event only.
 */
export const meterEvent = defineResource('billing.meter_event', {
  prefix: 'mtrevt',
  operations: { 'billing.meterEvents.create': create },
  events: [],
});

/** Takes usage back that was told within the last 24 hours. */
export const meterEventAdjustment = defineResource('billing.meter_event_adjustment', {
  prefix: 'mtradj',
  operations: { 'billing.meterEventAdjustments.create': adjust },
  events: [],
});

function create({ tx, params: given }: Call): Stored<'billing.meter_event'> {
  const {
    event_name,
    payload,
    identifier,
    timestamp = tx.now,
  } = given as unknown as Stripe.Billing.MeterEventCreateParams;
  if (timestamp < tx.now - WINDOW.past || timestamp > tx.now + WINDOW.future)
    throw stripeError(
      'parameter_invalid',
      ['timestamp', 'must be within the past 35 days and not more than 5 minutes ahead'],
      'timestamp',
    );
  const name = identifier ?? tx.text(26);
  for (const { object } of tx.newest('billing.meter_event', { field: 'identifier', value: name }))
    if (object.event_name === event_name && object.created > tx.now - DAY)
      throw stripeError(
        'parameter_invalid',
        ['identifier', `an event with identifier '${name}' was told within the last 24 hours`],
        'identifier',
      );
  const counted = readPayload(tx, event_name, payload as Record<string, string>);
  return tx.insert(
    'billing.meter_event',
    {
      object: 'billing.meter_event',
      created: tx.now,
      event_name,
      identifier: name,
      livemode: false,
      payload: payload as Record<string, string>,
      timestamp,
    },
    { rowId: tx.id('mtrevt'), ...counted },
  );
}

/** For whom it counts and how much; nothing where no meter counts it. */
function readPayload(tx: Transaction, eventName: string, payload: Record<string, string>) {
  const meter = meterOf(tx, eventName);
  if (!meter) return {};
  const { event_payload_key: customerKey } = meter.customer_mapping;
  const { event_payload_key: valueKey } = meter.value_settings;
  const missing = (key: string) =>
    stripeError('parameter_invalid', ['payload', `it must have '${key}', which meter ${meter.id} reads`], 'payload');
  const customer = payload[customerKey];
  const value = payload[valueKey] ?? (meter.default_aggregation.formula === 'count' ? '1' : undefined);
  if (!customer) throw missing(customerKey);
  if (value === undefined) throw missing(valueKey);
  if (!/^-?\d{1,15}$/.test(value))
    throw stripeError(
      'parameter_invalid',
      ['payload', `'${valueKey}' is '${value}' and must be a whole number`],
      'payload',
    );
  return { usage: usageKey(meter.id, customer), value: Number(value) };
}

function adjust({ tx, params: given }: Call): Stored<'billing.meter_event_adjustment'> {
  const { event_name, cancel, type } = given as unknown as Stripe.Billing.MeterEventAdjustmentCreateParams;
  const identifier = cancel?.identifier;
  if (!identifier) throw stripeError('parameter_missing', ['cancel[identifier]'], 'cancel[identifier]');
  for (const { id, object } of tx.newest('billing.meter_event', { field: 'identifier', value: identifier })) {
    if (object.event_name !== event_name || object.created <= tx.now - DAY) continue;
    tx.remove('billing.meter_event', id);
    return tx.insert(
      'billing.meter_event_adjustment',
      {
        object: 'billing.meter_event_adjustment',
        cancel: { identifier },
        event_name,
        livemode: false,
        status: 'complete',
        type,
      },
      { rowId: tx.id('mtradj') },
    );
  }
  throw stripeError(
    'parameter_invalid',
    ['cancel[identifier]', `no '${event_name}' with identifier '${identifier}' was told within the last 24 hours`],
    'cancel[identifier]',
  );
}
