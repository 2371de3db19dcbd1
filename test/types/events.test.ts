import type Stripe from 'stripe';
import { expectTypeOf, test } from 'vitest';
import type {
  AnyEvent,
  CatalogueType,
  EventMap,
  EventOf,
  EventType,
  Known,
  ThinEvent,
} from '../../src/stripe/index.ts';

// Checked by `tsc --noEmit`; sdk-versions.test.ts compiles the same ideas under other releases of the SDK.
test('with the SDK that Paybell is built on, the catalogue and the SDK name the same types', () => {
  expectTypeOf<EventType>().toEqualTypeOf<CatalogueType>();
  expectTypeOf<Exclude<Stripe.Event['type'], CatalogueType>>().toBeNever();
  expectTypeOf<EventMap['charge.refunded']>().toEqualTypeOf<Stripe.ChargeRefundedEvent>();
  expectTypeOf<EventOf<'v1.charge.refunded'>>().toEqualTypeOf<ThinEvent<'v1.charge.refunded'>>();
  expectTypeOf<EventOf<'*'>>().toEqualTypeOf<AnyEvent>();
  expectTypeOf<EventOf<'invoice.paid' | 'charge.failed'>>().toEqualTypeOf<
    Stripe.InvoicePaidEvent | Stripe.ChargeFailedEvent
  >();
});

test('the SDK enums are open, and closed again by Known', () => {
  // @ts-expect-error comparing against a typo compiles with the SDK's own type, hence Known
  const closed: Known<Stripe.Charge['status']> = 'suceeded';
  const open: Stripe.Charge['status'] = 'suceeded';
  expectTypeOf(open).toExtend<string>();
  expectTypeOf(closed).toEqualTypeOf<'failed' | 'pending' | 'succeeded'>();
});
