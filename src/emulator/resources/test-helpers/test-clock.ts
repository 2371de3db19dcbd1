import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { ClockPlace } from '../../world/test-clocks.ts';
import type { Transaction, Trigger } from '../../world/transaction.ts';
import type { World } from '../../world/world.ts';
import { customerGone } from '../billing/customer-gone.ts';
import { became, created, defineResource, deleted, type Call } from '../define.ts';
import { RANK } from '../ranks.ts';
import { need, needReference } from '../references.ts';
import { stub } from '../schema-behaviour.ts';
import { mustBeWithinReach } from './reach.ts';

const TEST_CLOCK = 'test_helpers.test_clock';
const DAY = 86_400;
/** A clock that nobody deletes goes by itself, seven days of real time after it was made. */
const LIVES = 7 * DAY;

export const testClock = defineResource(TEST_CLOCK, {
  prefix: 'clock',
  operations: {
    'testHelpers.testClocks.create': create,
    'testHelpers.testClocks.advance': advance,
    'testHelpers.testClocks.del': ({ tx, path }) => {
      const clock = need(tx, TEST_CLOCK, path[0]!) as Stored;
      end(tx, clock.id);
      return stub(clock);
    },
  },
  events: [
    { type: 'test_helpers.test_clock.created', when: created, rank: RANK.other },
    { type: 'test_helpers.test_clock.advancing', when: became('status', 'advancing'), rank: RANK.other },
    {
      type: 'test_helpers.test_clock.ready',
      when: (change) => change.before !== undefined && became('status', 'ready')(change),
      rank: RANK.other,
    },
    { type: 'test_helpers.test_clock.internal_failure', when: became('status', 'internal_failure'), rank: RANK.other },
    { type: 'test_helpers.test_clock.deleted', when: deleted, rank: RANK.other },
  ],
  timers: [
    {
      name: 'delete',
      at: (clock) => (clock as unknown as Stripe.TestHelpers.TestClock).deletes_after,
      run: (tx, { id }) => end(tx, id),
    },
  ],
});

function create({ tx, params }: Call) {
  const { frozen_time: at, name, customer } = params as unknown as Stripe.TestHelpers.TestClockCreateParams;
  if (at < 0) throw stripeError('parameter_invalid', ['frozen_time', 'it is a moment in Unix seconds'], 'frozen_time');
  const clock = tx.insert(
    TEST_CLOCK,
    {
      id: tx.id('clock'),
      object: TEST_CLOCK,
      created: tx.worldNow,
      deletes_after: tx.worldNow + LIVES,
      frozen_time: at,
      livemode: false,
      name: name ?? null,
      status: 'ready',
      status_details: {},
    } as never,
    { target: null },
  ) as Stored;
  if (customer) adopt(tx, customer, clock.id);
  return clock;
}

/** Puts a customer that exists, and all it has, on a new clock (since 2026-05-27.dahlia). One that is on a clock stays there. */
function adopt(tx: Transaction, id: string, clock: string) {
  const customer = needReference(tx, ['customer'], id, 'customer') as Stored<'customer'>;
  if (customer.test_clock)
    throw stripeError(
      'parameter_invalid',
      ['customer', `${id} is on the test clock ${customer.test_clock} already`],
      'customer',
    );
  const move = (object: string, of: string) => {
    const field = of.startsWith('cus_') ? 'customer' : of.startsWith('sub_') ? 'subscription' : 'invoice';
    const its = Array.from(tx.newest(object, { field, value: of }), (row) => row);
    for (const row of its) {
      if ('test_clock' in row.object) tx.update(object, row.id, { test_clock: clock } as never);
      tx.moveToClock(object, row.id, clock);
    }
    return its.map((row) => row.id);
  };
  tx.update('customer', id, { test_clock: clock });
  tx.moveToClock('customer', id, clock);
  for (const object of OF_CUSTOMER) move(object, id);
  for (const subscription of move('subscription', id)) move('subscription_item', subscription);
  for (const invoice of move('invoice', id)) for (const object of OF_INVOICE) move(object, invoice);
}

const OF_CUSTOMER = [
  'card', 'charge', 'credit_note', 'discount', 'invoiceitem', 'payment_intent', 'payment_method', 'quote',
  'setup_intent', 'source', 'subscription_schedule', 'tax_id',
]; // prettier-ignore
const OF_INVOICE = ['invoice_payment', 'line_item'];

/** Begins to advance; `TestClocks` does the rest, and `endAdvance` ends it. */
function advance({ tx, params, path }: Call) {
  const clock = need(tx, TEST_CLOCK, path[0]!) as unknown as Stored & Stripe.TestHelpers.TestClock;
  const target = params['frozen_time'] as number;
  if (clock.status === 'advancing') throw stripeError('test_clock_advancing', [clock.id]);
  mustBeWithinReach(tx, clock, target);
  return tx.update(
    TEST_CLOCK,
    clock.id,
    { status: 'advancing', status_details: { advancing: { target_frozen_time: target } } } as never,
    { target, trigger: tx.trigger },
  );
}

/** Says how an advance ended. The event names the request that began it, as Stripe's does. */
export function endAdvance(world: World, { id, account }: ClockPlace, status: 'ready' | 'internal_failure'): void {
  const hidden = world.tables.of(account, TEST_CLOCK).get(id)?.hidden;
  if (!hidden) return;
  const { target, at, trigger } = hidden as { target: number; at?: number; trigger: Trigger };
  world.transact(trigger, account, (tx) => {
    const frozen =
      status === 'ready'
        ? target
        : (at ?? (tx.get(TEST_CLOCK, id) as unknown as Stripe.TestHelpers.TestClock).frozen_time);
    tx.update(TEST_CLOCK, id, { status, status_details: {}, frozen_time: frozen } as never, {
      target: null,
      at: undefined,
    });
  });
}

/** Ends a clock: its customers go, and their subscriptions are cancelled. */
function end(tx: Transaction, id: string) {
  const customers = Array.from(tx.newest('customer', { field: 'test_clock', value: id }), (row) => row.id);
  for (const customer of customers) {
    customerGone(tx, customer);
    tx.remove('customer', customer);
  }
  tx.remove(TEST_CLOCK, id);
}
