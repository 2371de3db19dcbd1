import { defineRecipe } from './define.ts';
import { buyer, plan20 } from './people.ts';

/** Subscriptions, schedules and meters, beyond what the scenarios tell. */
export const subscriptions = [
  defineRecipe({
    id: 'subscription-resumed',
    about: 'A trial ended without a card, and the paused subscription goes on once there is one.',
    fires: ['customer.subscription.resumed'],
    fidelity: 'behaviour',
    async run(stage) {
      const { stripe, wait } = stage;
      const { id: customer } = await stripe.customers.create({ email: 'jenny.rosen@example.com' });
      const { id: price } = await plan20(stage);
      const { id } = await stripe.subscriptions.create({
        customer,
        items: [{ price }],
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      });
      await wait('8d');
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
      await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    },
  }),
  ...(['pending_update_applied', 'pending_update_expired'] as const).map((end) =>
    defineRecipe({
      id: end.replaceAll('_', '-'),
      about:
        end === 'pending_update_applied'
          ? 'A change waits for its payment, which comes.'
          : 'A change waits for its payment, which never comes.',
      fires: [`customer.subscription.${end}`],
      fidelity: 'behaviour',
      async run(stage) {
        const { stripe, wait } = stage;
        const { id: customer } = await buyer(stage);
        const { id: price } = await plan20(stage);
        const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price }] });
        const failing = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
        await stripe.customers.update(customer, { invoice_settings: { default_payment_method: failing.id } });
        await wait('1d');
        const { latest_invoice: invoice } = await stripe.subscriptions.update(id, {
          items: [{ id: items.data[0]!.id, quantity: 3 }],
          payment_behavior: 'pending_if_incomplete',
          proration_behavior: 'always_invoice',
        });
        if (end === 'pending_update_applied')
          await stripe.invoices.pay(invoice as string, { payment_method: 'pm_card_visa' });
        else await wait('2d');
      },
    }),
  ),
  defineRecipe({
    id: 'schedule-aborted',
    about: 'A schedule is given up before its first phase begins.',
    fires: ['subscription_schedule.aborted'],
    fidelity: 'behaviour',
    async run(stage) {
      const { stripe } = stage;
      const { id: customer, created } = await buyer(stage);
      const { id: price } = await plan20(stage);
      const { id } = await stripe.subscriptionSchedules.create({
        customer,
        start_date: created + 7 * 86_400,
        phases: [{ items: [{ price }], duration: { interval: 'month', interval_count: 1 } }],
      });
      await stripe.subscriptionSchedules.cancel(id);
    },
  }),
  defineRecipe({
    id: 'meter-switched',
    about: 'A meter is renamed, switched off, on and off again.',
    fires: ['billing.meter.updated', 'billing.meter.deactivated', 'billing.meter.reactivated'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      const { id } = await stripe.billing.meters.create({
        display_name: 'Maps',
        event_name: 'map_request',
        default_aggregation: { formula: 'sum' },
      });
      await stripe.billing.meters.update(id, { display_name: 'Map requests' });
      await stripe.billing.meters.deactivate(id);
      await stripe.billing.meters.reactivate(id);
      // Two active meters cannot count the same events: so it can be played again in the same world.
      await stripe.billing.meters.deactivate(id);
    },
  }),
];
