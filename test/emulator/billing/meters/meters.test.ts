import { describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { NOW, start, typesOf } from '../../sdk.ts';

const DAY = 86_400;
// A whole minute, as summaries need it.
const FROM = Math.floor(NOW / DAY) * DAY - 2 * DAY;

async function shop(formula: Stripe.Billing.MeterCreateParams.DefaultAggregation.Formula = 'sum') {
  const open = start();
  const { stripe } = open;
  const customer = await stripe.customers.create({});
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula },
  });
  const use = (value: string, timestamp = NOW, identifier?: string, who = customer.id) =>
    stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: who, value },
      timestamp,
      ...(identifier !== undefined && { identifier }),
    });
  const summary = async (parts: Partial<Stripe.Billing.MeterListEventSummariesParams> = {}) => {
    const { data } = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: FROM,
      end_time: FROM + 3 * DAY,
      ...parts,
    });
    return data.map(({ start_time, aggregated_value }) => [start_time - FROM, aggregated_value]);
  };
  return { ...open, customer, meter, use, summary };
}

describe('usage', () => {
  test.each([
    ['sum', 25 + 7 - 2],
    ['count', 3],
    ['last', 7],
  ] as const)('is added up by %s', async (formula, expected) => {
    const { use, summary } = await shop(formula);
    await use('25', FROM + 10);
    await use('7', FROM + 30);
    await use('-2', FROM + 20);
    expect(await summary()).toEqual([[0, expected]]);
  });

  test('is each customer’s own, and within the time asked for', async () => {
    const { stripe, use, summary } = await shop();
    const other = await stripe.customers.create({});
    await use('1', FROM - 1);
    await use('2', FROM);
    await use('4', FROM + DAY - 1);
    await use('8', FROM + DAY);
    await use('16', FROM, undefined, other.id);
    expect(await summary({ end_time: FROM + DAY })).toEqual([[0, 6]]);
    expect(await summary({ value_grouping_window: 'day' })).toEqual([
      [DAY, 8],
      [0, 6],
    ]);
    expect(await summary({ value_grouping_window: 'hour', limit: 1 })).toEqual([[DAY, 8]]);
  });

  test('with one identifier counts once in 24 hours', async () => {
    const { use, summary } = await shop();
    await use('5', FROM, 'a');
    await expect(use('5', FROM, 'a')).rejects.toMatchObject({ param: 'identifier' });
    expect(await summary()).toEqual([[0, 5]]);
  });

  test('can be taken back', async () => {
    const { stripe, use, summary } = await shop();
    await use('5', FROM, 'a');
    await use('3', FROM, 'b');
    const cancel = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({ event_name: 'calls', type: 'cancel', cancel: { identifier } });
    expect(await cancel('a')).toMatchObject({ status: 'complete', cancel: { identifier: 'a' } });
    expect(await summary()).toEqual([[0, 3]]);
    await expect(cancel('a')).rejects.toMatchObject({ param: 'cancel[identifier]' });
  });

  test.each([
    ['too old', { timestamp: NOW - 36 * DAY }, 'timestamp'],
    ['ahead', { timestamp: NOW + 301 }, 'timestamp'],
    ['without a customer', { payload: { value: '1' } }, 'payload'],
    ['without a value', { payload: { stripe_customer_id: 'cus_1' } }, 'payload'],
    ['not a number', { payload: { stripe_customer_id: 'cus_1', value: 'many' } }, 'payload'],
  ])('%s is refused', async (_, parts, param) => {
    const { stripe } = await shop();
    const given = { event_name: 'calls', payload: { stripe_customer_id: 'cus_1', value: '1' }, ...parts };
    await expect(stripe.billing.meterEvents.create(given as never)).rejects.toMatchObject({ param, statusCode: 400 });
  });

  test('fires nothing, and what nobody counts is accepted', async () => {
    const { stripe, world, use } = await shop();
    const before = typesOf(world).length;
    await use('1');
    await stripe.billing.meterEvents.create({ event_name: 'other', payload: { value: '1' } });
    expect(typesOf(world).length).toBe(before);
  });
});

describe('a meter', () => {
  test('tells of its life', async () => {
    const { stripe, meter, world } = await shop();
    await stripe.billing.meters.update(meter.id, { display_name: 'API calls' });
    const off = await stripe.billing.meters.deactivate(meter.id);
    expect(off).toMatchObject({ status: 'inactive', status_transitions: { deactivated_at: NOW } });
    await stripe.billing.meters.reactivate(meter.id);
    expect(typesOf(world).filter((type) => type.startsWith('billing.'))).toEqual([
      'billing.meter.created',
      'billing.meter.updated',
      'billing.meter.deactivated',
      'billing.meter.reactivated',
    ]);
  });

  test('is alone in counting events of a name', async () => {
    const { stripe, meter } = await shop();
    const again = () =>
      stripe.billing.meters.create({
        display_name: 'Again',
        event_name: 'calls',
        default_aggregation: { formula: 'sum' },
      });
    await expect(again()).rejects.toMatchObject({ param: 'event_name' });
    await stripe.billing.meters.deactivate(meter.id);
    await again();
    await expect(stripe.billing.meters.reactivate(meter.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});
