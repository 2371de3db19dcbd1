import { expect, test } from 'vitest';
import { refusal } from '../../worlds.ts';
import { DAY, subscriber } from './subscriber.ts';

const told = (all: { type: string; data: { previous_attributes?: unknown } }[]) =>
  all.map(({ type, data }) => [type, data.previous_attributes]);

/** A trial whose card asks for authentication: its intent waits for the customer. */
async function waiting() {
  const open = await subscriber();
  const { stripe, customer, price, subscribe } = open;
  const { id: card } = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer });
  const asked = await subscribe(await price(2000), { trial_period_days: 14, default_payment_method: card });
  open.events();
  return { ...open, card, id: asked.id, intent: asked.pending_setup_intent as string };
}

test('authenticated later, it is pending no more', async () => {
  const { act, id, intent, retrieve, events } = await waiting();
  act({ action: 'authenticate', setup_intent: intent, outcome: 'succeed' });
  expect((await retrieve(id)).pending_setup_intent).toBeNull();
  expect(told(events())).toEqual([
    ['setup_intent.succeeded', undefined],
    ['customer.subscription.updated', { pending_setup_intent: intent }],
  ]);
});

test('refused by the customer it stays, and is over with the next card', async () => {
  const { stripe, act, id, intent, retrieve, events } = await waiting();
  act({ action: 'authenticate', setup_intent: intent, outcome: 'fail' });
  expect((await retrieve(id)).pending_setup_intent).toBe(intent);
  expect(told(events())).toEqual([['setup_intent.setup_failed', undefined]]);
  await refusal(stripe.setupIntents.confirm(intent, { payment_method: 'pm_card_chargeDeclined' }));
  expect((await retrieve(id)).pending_setup_intent).toBe(intent);
  await stripe.setupIntents.confirm(intent, { payment_method: 'pm_card_visa' });
  expect((await retrieve(id)).pending_setup_intent).toBeNull();
  expect(told(events()).at(-1)).toEqual(['customer.subscription.updated', { pending_setup_intent: intent }]);
});

test('cancelled, it is nothing to wait for; the end of the subscription alone leaves it open', async () => {
  const { stripe, id, intent, retrieve, events } = await waiting();
  await stripe.subscriptions.cancel(id);
  expect((await stripe.setupIntents.retrieve(intent)).status).toBe('requires_action');
  events();
  await stripe.setupIntents.cancel(intent);
  expect((await retrieve(id)).pending_setup_intent).toBeNull();
  expect(told(events())).toEqual([
    ['setup_intent.canceled', undefined],
    ['customer.subscription.updated', { pending_setup_intent: intent }],
  ]);
});

test('what was given in the browser pays when the trial ends, where the settings say so', async () => {
  const { stripe, price, subscribe, retrieve, time, invoiceOf, events } = await subscriber(null);
  const { id, pending_setup_intent: intent } = await subscribe(await price(2000), {
    trial_period_days: 14,
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
  });
  events();
  const { payment_method: method } = await stripe.setupIntents.confirm(intent as string, {
    payment_method: 'pm_card_visa',
  });
  expect(told(events()).at(-1)).toEqual([
    'customer.subscription.updated',
    { default_payment_method: null, pending_setup_intent: intent },
  ]);
  expect((await retrieve(id)).default_payment_method).toBe(method);
  await time.advance((await retrieve(id)).trial_end! + DAY);
  expect(await invoiceOf(await retrieve(id))).toMatchObject({ status: 'paid', total: 2000 });
});
