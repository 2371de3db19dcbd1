import type { Receiver } from '../../src/receiver/index.ts';
import type { Stage } from './stage.ts';

// As an application's own would be: pictures of it are kept, and show no folder of a machine.
const STACK = `Error: the mail server is away
    at sendMail (app/mail.ts:41:11)
    at async remindOfTrial (app/handlers/trial.ts:18:3)`;

/**
 * Fills a stage with what every screen has something to show of: a year's beginning of a customer who subscribes, an event
 * that a handler gave up, a refused delivery, a duplicate. Returns the address of each screen.
 */
export async function furnish(stage: Stage): Promise<Record<string, string>> {
  const { stripe, emulator, receiver, store, url } = stage;
  const api = async (path: string, body: object) => {
    const answer = await fetch(`${url}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  };
  for (const [name, card] of [
    ['Ada Quill', 'good'],
    ['Bo Tern', 'declines_later'],
    ['Cleo Marsh', 'good'],
  ] as const)
    await api('time/customers', {
      name,
      card,
      plan: { interval: 'month', amount: 2_000, trialDays: name[0] === 'B' ? 3 : 0 },
    });
  await stripe.paymentIntents.create({
    amount: 4_500,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  await api('time/advance', { by: '1mo' });
  await api('time/advance', { by: '2d' });
  await api('time/snapshots', { name: 'after-a-month' });
  await receiver.fetch(
    new Request(`${url}/payments/webhook/`, {
      method: 'POST',
      headers: { 'stripe-signature': 't=1,v1=00' },
      body: '{"id":"evt_forged","object":"event","type":"invoice.paid"}',
    }),
  );
  const [first] = emulator.open('sk_test_browser0000000000').world.log.all;
  emulator.open('sk_test_browser0000000000').resend(first!.event.id);
  await emulator.open('sk_test_browser0000000000').settled();
  await receiver.idle();
  const dead = (await store.listEvents({ state: 'dead', limit: 1 })).items[0]!;
  const paid = (await store.listObjects({ object: 'invoice' })).items.find(({ json }) =>
    json.includes('subscription_cycle'),
  )!;
  return {
    'cheat-sheet': '/',
    scenario: '/scenarios/renewal-fails?path=current',
    'scenario-event': '/scenarios/refund?path=current&event=current:5',
    events: '/events',
    event: `/events/${dead.id}`,
    refused: '/refused',
    objects: '/objects/invoice',
    object: `/objects/invoice/${paid.id}`,
    time: '/time',
    health: '/health',
    catalogue: '/catalogue',
    'catalogue-entry': '/catalogue/invoice.paid',
  };
}

furnish.retry = { attempts: 1 };
furnish.handlers = (receiver: Receiver): void => {
  receiver.on('invoice.paid', () => {}, { name: 'extend-access' });
  receiver.on('charge.succeeded', () => {}, { name: 'book-payment' });
  receiver.on(
    'customer.subscription.trial_will_end',
    () => {
      throw Object.assign(new Error('the mail server is away'), { stack: STACK });
    },
    { name: 'remind-of-trial' },
  );
};
