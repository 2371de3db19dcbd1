import type Stripe from 'stripe';
import { defineScenario, type Fire } from '../define.ts';
import { expectDecline } from '../outcome.ts';

const jenny = async (stripe: Stripe): Promise<string> =>
  (await stripe.customers.create({ email: 'jenny.rosen@example.com' })).id;

/** The intent to save a card of a customer. */
const intend = (stripe: Stripe, customer: string): Promise<Stripe.SetupIntent> =>
  stripe.setupIntents.create({ customer, usage: 'off_session' });

const CREATED: Fire = {
  type: 'setup_intent.created',
  step: 's1',
  do: 'ignore',
  why: 'Nothing is set up yet; your own call made it.',
};

export const saveCard = defineScenario({
  id: 'save-card',
  group: 'Payments',
  title: 'Save a card for later',
  story: 'I left my card with the shop, so that it can charge me later when I am not there.',
  pitfalls: [
    'Say usage: off_session when you mean to charge later without the customer, or the bank will ask for them then.',
    'The card is the customer’s from payment_method.attached on, but only setup_intent.succeeded says that it may be used.',
    'A saved card is not yet the default: set invoice_settings.default_payment_method for subscriptions and invoices.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server creates a setup intent.', x1: 'The customer enters a card and confirms.' },
      conditions: {
        authentication: 'The card’s bank asks for 3-D Secure. Without it the card is set up in the same request.',
      },
      run: async ({ stripe, step, act, holds }) => {
        const customer = await jenny(stripe);
        const { id } = await step('s1', () => intend(stripe, customer));
        await step('x1', async () => {
          const asked = holds('authentication');
          await stripe.setupIntents.confirm(id, {
            payment_method: asked ? 'pm_card_authenticationRequired' : 'pm_card_visa',
          });
          if (asked) act({ action: 'authenticate', setup_intent: id, outcome: 'succeed' });
        });
      },
      fires: [
        CREATED,
        {
          type: 'setup_intent.requires_action',
          step: 'x1',
          if: 'authentication',
          do: 'ignore',
          why: 'Your page sends the customer on.',
        },
        { type: 'payment_method.attached', step: 'x1', do: 'ignore', why: 'The intent tells when it may be used.' },
        {
          type: 'setup_intent.succeeded',
          step: 'x1',
          do: 'handle',
          why: 'Keep payment_method: it may be charged from now on.',
        },
      ],
    },
    failure: {
      steps: { s1: 'Your server creates a setup intent.', x2: 'The customer enters a card that the bank refuses.' },
      run: async ({ stripe, step }) => {
        const customer = await jenny(stripe);
        const { id } = await step('s1', () => intend(stripe, customer));
        await step('x2', () =>
          expectDecline(stripe.setupIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' })),
        );
      },
      fires: [
        CREATED,
        {
          type: 'setup_intent.setup_failed',
          step: 'x2',
          do: 'handle',
          why: 'No card is saved: ask for another one; last_setup_error says why.',
        },
      ],
    },
    cancelled: {
      steps: { c1: 'Your server gives the setup intent up.' },
      run: async ({ stripe, step }) => {
        const { id } = await intend(stripe, await jenny(stripe));
        await step('c1', () => stripe.setupIntents.cancel(id));
      },
      fires: [{ type: 'setup_intent.canceled', step: 'c1', do: 'ignore', why: 'Your own call ended it.' }],
    },
  },
});
