import type Stripe from 'stripe';
import { sameJson, type JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { became, created, defineResource, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need, noSuch } from '../../references.ts';
import { draftBill } from '../subscriptions/bill.ts';
import { endSubscription } from '../subscriptions/cancel.ts';
import { itemRows } from '../subscriptions/items.ts';
import { nextRenewal } from '../subscriptions/periods.ts';
import { creditUnused } from '../subscriptions/prorate.ts';
import { renew } from '../subscriptions/renew.ts';
import { adopted } from './adopted.ts';
import { begin, catchUp } from './enter.ts';
import { readPhases, type Phase } from './phases.ts';

type Schedule = Stored<'subscription_schedule'>;
type Rule = Change<'subscription_schedule'>;

const DAY = 86_400;
/**
 * How long before its end a schedule tells that it is about to end. The reference says 7 days, but the official CLI
 * makes the event with a clock that stops nine days before the end: so it is told before that.
 */
const EXPIRING = 10 * DAY;

const told = ({ before, after }: Rule) => after.hidden['expiringTold'] === true && !before?.hidden['expiringTold'];
const ended = ({ after }: Rule) => ['canceled', 'completed', 'released'].includes(after.object.status);
const altered = (change: Rule) =>
  change.before !== undefined && !ended(change) && !sameJson(change.before.object, change.after.object);

/** What a subscription is to be, phase after phase. */
export const subscriptionSchedule = defineResource('subscription_schedule', {
  prefix: 'sub_sched',
  operations: {
    'subscriptionSchedules.list': ({ tx, params: { scheduled, ...params } }) =>
      listOf(tx, 'subscription_schedule', params, '/v1/subscription_schedules', ({ object }) => {
        return scheduled === undefined || (object['status'] === 'not_started') === scheduled;
      }),
    'subscriptionSchedules.create': create,
    'subscriptionSchedules.update': update,
    'subscriptionSchedules.cancel': cancel,
    'subscriptionSchedules.release': release,
  },
  events: [
    { type: 'subscription_schedule.created', when: created, rank: RANK.scheduleCreated },
    {
      type: 'subscription_schedule.aborted',
      when: ({ before, after }) => after.hidden['aborted'] === true && !before?.hidden['aborted'],
      rank: RANK.scheduleTold,
    },
    {
      type: 'subscription_schedule.canceled',
      when: (change) =>
        became<'subscription_schedule'>('status', 'canceled')(change) && change.after.hidden['aborted'] !== true,
      rank: RANK.scheduleTold,
      previous: true,
    },
    { type: 'subscription_schedule.completed', when: became('status', 'completed'), rank: RANK.subscription },
    { type: 'subscription_schedule.released', when: became('status', 'released'), rank: RANK.scheduleReleased },
    { type: 'subscription_schedule.expiring', when: told, rank: RANK.scheduleTold },
    { type: 'subscription_schedule.updated', when: altered, rank: RANK.scheduleTold, previous: true },
  ],
  timers: [
    {
      name: 'begin',
      at: ({ status, phases }) => (status === 'not_started' ? phases[0]!.start_date : null),
      run: (tx, { id }) => begin(tx, id),
    },
    {
      name: 'phase',
      at: ({ status, current_phase }) => (status === 'active' ? current_phase!.end_date : null),
      run(tx, { id, subscription }) {
        catchUp(tx, id);
        const object = tx.get('subscription', subscription as string);
        // The renewal of this second belongs to the change: both are told together.
        if (object && object.status === 'active' && nextRenewal(object) <= tx.now) renew(tx, object.id);
      },
    },
    {
      name: 'expiring',
      at: ({ status, phases }, hidden) => {
        const last = phases.at(-1)!;
        const at = last.end_date - EXPIRING;
        return status === 'active' && !hidden['expiringTold'] && at > last.start_date ? at : null;
      },
      run: (tx, { id }) => void tx.update('subscription_schedule', id, {}, { expiringTold: true }),
    },
  ],
});

const NOT_MODELLED = ['customer_account', 'pause_schedules'];

function create({ tx, params: given }: Call): Schedule {
  const params = given as unknown as Stripe.SubscriptionScheduleCreateParams;
  for (const name of NOT_MODELLED)
    if (given[name] !== undefined) throw stripeError('paybell_not_modelled', [`\`${name}\` of schedules`], name);
  if (params.end_behavior === 'none' || params.end_behavior === 'renew')
    throw stripeError('parameter_invalid', ['end_behavior', 'it must be `cancel` or `release`'], 'end_behavior');
  if (params.from_subscription) return adopt(tx, params.from_subscription, given);
  if (!params.customer) throw stripeError('parameter_missing', ['customer'], 'customer');
  const customer = tx.get('customer', params.customer);
  if (!customer) throw noSuch('customer', params.customer, 'customer');
  const start = typeof params.start_date === 'number' ? params.start_date : tx.now;
  const phases = readPhases(tx, (params.phases ?? []) as never, start);
  const { id } = insert(tx, phases, given, {
    customer: customer.id,
    test_clock: (customer.test_clock ?? null) as string | null,
  });
  if (start <= tx.now) begin(tx, id);
  return tx.get('subscription_schedule', id)!;
}

/** A schedule for a subscription that is there: what it bills now, until its period ends, is the only phase. */
function adopt(tx: Transaction, id: string, given: JsonObject): Schedule {
  if (given['phases'] || given['customer'])
    throw stripeError('parameters_exclusive', ['from_subscription', given['phases'] ? 'phases' : 'customer']);
  const subscription = tx.get('subscription', id);
  if (!subscription) throw noSuch('subscription', id, 'from_subscription');
  if (subscription.schedule)
    throw stripeError('missing', [`The subscription ${id} already has a schedule: ${String(subscription.schedule)}.`]);
  const phase = adopted(tx, subscription);
  const schedule = insert(tx, [phase], given, {
    customer: subscription.customer as string,
    current_phase: { start_date: phase.start, end_date: phase.end },
    status: 'active',
    subscription: id,
    test_clock: subscription.test_clock as string | null,
  });
  tx.update('subscription', id, { schedule: schedule.id });
  return schedule;
}

function insert(tx: Transaction, phases: Phase[], given: JsonObject, fields: Partial<Schedule>): Schedule {
  return tx.insert(
    'subscription_schedule',
    {
      id: tx.id('sub_sched'),
      object: 'subscription_schedule',
      billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
      created: tx.now,
      default_settings: settings(given),
      end_behavior: (given['end_behavior'] ?? 'release') as Schedule['end_behavior'],
      livemode: false,
      metadata: mergeMetadata({}, given['metadata']),
      pause_schedules: [],
      phases: phases.map(({ shown }) => shown),
      status: 'not_started',
      ...fields,
    } as Partial<Schedule>,
    { phases },
  );
}

function settings(given: JsonObject, before?: Schedule['default_settings']): Schedule['default_settings'] {
  const named = (given['default_settings'] ?? {}) as Partial<Schedule['default_settings']>;
  return {
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: named.billing_cycle_anchor ?? before?.billing_cycle_anchor ?? 'automatic',
    billing_thresholds: null,
    collection_method: named.collection_method ?? before?.collection_method ?? 'charge_automatically',
    default_payment_method: named.default_payment_method ?? before?.default_payment_method ?? null,
    description: named.description ?? before?.description ?? null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    on_behalf_of: null,
    transfer_data: null,
  };
}

/** New phases take the place of what is to come; the one that runs may end at another moment. */
function update({ tx, params: given, path }: Call): Schedule {
  const schedule = mustRun(tx, path[0]!, 'update');
  const { id, status } = schedule;
  const params = given as unknown as Stripe.SubscriptionScheduleUpdateParams;
  const asked = params.phases as unknown as
    (Parameters<typeof readPhases>[1][number] & { start_date?: number })[] | undefined;
  const phases = asked && readPhases(tx, asked, startOf(tx, schedule, asked[0]?.start_date));
  if (phases && phases.at(-1)!.end <= tx.now)
    throw stripeError('parameter_invalid', ['phases', 'the last phase must end in the future'], 'phases');
  tx.update(
    'subscription_schedule',
    id,
    {
      ...(params.end_behavior && { end_behavior: params.end_behavior }),
      default_settings: settings(given, schedule.default_settings),
      metadata: mergeMetadata(schedule.metadata ?? {}, given['metadata']),
      ...(phases && { phases: phases.map(({ shown }) => shown) }),
    },
    phases ? { phases } : {},
  );
  if (!phases || status !== 'active') return tx.get('subscription_schedule', id)!;
  const running = phases.find(({ start, end }) => start <= tx.now && tx.now < end)!;
  tx.update('subscription_schedule', id, { current_phase: { start_date: running.start, end_date: running.end } });
  return tx.get('subscription_schedule', id)!;
}

/** Where the phases of an update begin: with the phase that runs, if there is one. */
function startOf(tx: Transaction, { status, current_phase, phases }: Schedule, given: number | undefined): number {
  const start = status === 'active' ? current_phase!.start_date : phases[0]!.start_date;
  if (given === undefined || given === start) return start;
  if (status === 'active')
    throw stripeError(
      'parameter_invalid',
      ['phases[0][start_date]', `it must be that of the phase that runs: ${start}`],
      'phases[0][start_date]',
    );
  if (given <= tx.now)
    throw stripeError(
      'parameter_invalid',
      ['phases[0][start_date]', 'must lie in the future'],
      'phases[0][start_date]',
    );
  return given;
}

function release({ tx, params, path }: Call): Schedule {
  const { id, subscription } = mustRun(tx, path[0]!, 'release');
  const object = tx.get('subscription', subscription as string | null);
  if (object)
    tx.update('subscription', object.id, {
      schedule: null,
      ...(params['preserve_cancel_date'] === false && { cancel_at: null, cancel_at_period_end: false }),
    });
  return tx.update('subscription_schedule', id, {
    current_phase: null,
    released_at: tx.now,
    released_subscription: (subscription ?? null) as string | null,
    status: 'released',
    subscription: null,
  });
}

function cancel({ tx, params, path }: Call): Schedule {
  const { id, subscription, status } = mustRun(tx, path[0]!, 'cancel');
  const object = tx.get('subscription', subscription as string | null);
  const ended = { canceled_at: tx.now, current_phase: null, status: 'canceled' } as const;
  // One that never began tells `aborted`: that is what Stripe's CLI makes that event with.
  tx.update('subscription_schedule', id, ended, { aborted: status === 'not_started' });
  if (object) {
    if (params['prorate'] !== false && object.status !== 'trialing')
      for (const row of itemRows(tx, object)) creditUnused(tx, object, row, tx.now);
    endSubscription(tx, object.id, { reason: 'cancellation_requested' });
    const period = { start: tx.now, end: tx.now };
    if (params['invoice_now'] === true)
      draftBill(tx, object.id, { reason: 'subscription_update', lines: [], period, advances: true });
  }
  return tx.get('subscription_schedule', id)!;
}

function mustRun(tx: Transaction, id: string, verb: string): Schedule {
  const found = need(tx, 'subscription_schedule', id, 'schedule');
  if (found.status === 'active' || found.status === 'not_started') return found;
  throw stripeError('wrong_state', [
    `You cannot ${verb} a subscription schedule that is currently in the \`${found.status}\` status. ` +
      'It must be `not_started` or `active`.',
  ]);
}
