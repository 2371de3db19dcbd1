import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Call } from '../../define.ts';
import { pageOf } from '../../lists.ts';
import { need } from '../../references.ts';
import { aggregate, told } from './usage.ts';

const MINUTE = 60;
const WINDOWS = { hour: 3_600, day: 86_400 };

/** A customer's usage under a meter within a time: in all, or for each hour or day (UTC), the latest first. */
export function summaries({ tx, params: given, path, operation }: Call): unknown {
  const meter = need(tx, 'billing.meter', path[0]!);
  const {
    customer,
    start_time,
    end_time,
    value_grouping_window: window,
    ...rest
  } = given as unknown as Stripe.Billing.MeterListEventSummariesParams;
  const step = window === undefined ? MINUTE : WINDOWS[window as keyof typeof WINDOWS];
  for (const [name, time] of Object.entries({ start_time, end_time }))
    if (time % step !== 0)
      throw stripeError('parameter_invalid', [name, `must be a whole ${window ?? 'minute'} (UTC)`], name);
  if (end_time <= start_time)
    throw stripeError('parameter_invalid', ['end_time', 'must be after start_time'], 'end_time');
  const events = [...told(tx, meter.id, customer, { start: start_time, end: end_time })];
  const size = window === undefined ? end_time - start_time : step;
  const groups = Map.groupBy(events, ({ at }) => start_time + Math.floor((at - start_time) / size) * size);
  const all = [...groups]
    .toSorted(([a], [b]) => b - a)
    .map(([start, group]) => ({
      // Nothing is stored: the same question has the same answer, its id included.
      id: `mtrusg_${meter.id.slice(-12)}${start.toString(36)}${size.toString(36)}`,
      object: 'billing.meter_event_summary',
      aggregated_value: aggregate(meter.default_aggregation.formula, group),
      end_time: start + size,
      livemode: false,
      meter: meter.id,
      start_time: start,
    }));
  return pageOf('billing.meter_event_summary', all, rest as never, operation.path.replace('{id}', meter.id));
}
