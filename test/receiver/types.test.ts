import type { DatabaseSync } from 'node:sqlite';
import type Stripe from 'stripe';
import { expect, expectTypeOf, test } from 'vitest';
import { createReceiver, type Store } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { SECRET } from './events.ts';

// Compiled by `tsc`; what runs is only that nothing throws.
test('a handler knows its event, its object and its store', () => {
  const receiver = createReceiver({ store: createSqliteStore({ path: ':memory:' }), secrets: SECRET });
  receiver
    .on('charge.succeeded', ({ event, object, tx, defer }) => {
      expectTypeOf(event).toEqualTypeOf<Stripe.ChargeSucceededEvent>();
      expectTypeOf(object).toEqualTypeOf<Stripe.Charge>();
      tx((db) => expectTypeOf(db).toEqualTypeOf<DatabaseSync>());
      return defer('later', { after: 1000 });
    })
    .on('customer.subscription.*', ({ event, object }) => {
      expectTypeOf(object).toEqualTypeOf<Stripe.Subscription>();
      if (event.type === 'customer.subscription.trial_will_end')
        expectTypeOf(event).toEqualTypeOf<Stripe.CustomerSubscriptionTrialWillEndEvent>();
      // @ts-expect-error: no type under this prefix is named so.
      void (event.type === 'customer.subscription.payed');
    })
    .on('*', ({ event }) => void event.id, { name: 'everything', onDead: 'hold' });
  // @ts-expect-error: a mistyped type does not compile, and throws.
  expect(() => receiver.on('charge.succeded', () => {})).toThrow(/charge\.succeeded/);
  // @ts-expect-error: a charge has no such field.
  receiver.on('charge.failed', ({ object }) => object.amount_refundet);
  expectTypeOf(receiver.node).parameters.toEqualTypeOf<
    [import('node:http').IncomingMessage, import('node:http').ServerResponse]
  >();
  expectTypeOf(createSqliteStore).returns.toExtend<Store<DatabaseSync>>();
});
