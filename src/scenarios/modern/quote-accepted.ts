import type Stripe from 'stripe';
import { defineScenario, type Stage } from '../define.ts';
import { jennyWithCard } from '../invoices.ts';
import { monthly, subscriptionCreated } from '../subscriptions.ts';

/** A quote over a monthly price. */
async function quoted(stage: Stage): Promise<Stripe.QuoteCreateParams> {
  const { id: customer } = await jennyWithCard(stage.stripe);
  const { id: price } = await monthly(stage);
  // Somebody who was billed before: the customer has a currency already.
  const { id } = await stage.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 90 });
  await stage.stripe.subscriptions.cancel(id);
  return { customer, line_items: [{ price, quantity: 5 }] };
}

export const quoteAccepted = defineScenario({
  id: 'quote-accepted',
  group: 'Quotes and schedules',
  title: 'Quote accepted',
  story: 'I asked for an offer for five seats, and accepted it.',
  pitfalls: [
    'Nothing is charged when a quote is accepted: its first invoice is a draft for an hour.',
    'quote.accepted names the subscription or the invoice that it became; subscribe on that, not on quote.finalized.',
    'An offer that nobody accepts ends with quote.canceled after thirty days; no event warns before.',
  ],
  paths: {
    current: {
      steps: {
        s1: 'Your server drafts an offer.',
        s2: 'It finalises the offer and sends it.',
        s3: 'The customer agrees and your server accepts the quote.',
      },
      run: async (stage) => {
        const { stripe, step } = stage;
        const given = await quoted(stage);
        const { id } = await step('s1', () => stripe.quotes.create(given));
        await step('s2', () => stripe.quotes.finalizeQuote(id));
        await step('s3', () => stripe.quotes.accept(id));
      },
      fires: [
        { type: 'quote.created', step: 's1', do: 'ignore', why: 'Your own call made it.' },
        { type: 'quote.finalized', step: 's2', do: 'ignore', why: 'It has its number and can be sent.' },
        subscriptionCreated('s3'),
        { type: 'invoice.created', step: 's3', do: 'ignore', why: 'A draft for an hour.' },
        {
          type: 'quote.accepted',
          step: 's3',
          do: 'handle',
          why: 'Tie the order to the subscription or the invoice that it names.',
        },
      ],
    },
    cancelled: {
      steps: { c1: 'Your server withdraws the offer.' },
      run: async (stage) => {
        const { stripe, step } = stage;
        const { id } = await stripe.quotes.create(await quoted(stage));
        await stripe.quotes.finalizeQuote(id);
        await step('c1', () => stripe.quotes.cancel(id));
      },
      fires: [{ type: 'quote.canceled', step: 'c1', do: 'handle', why: 'The offer no longer stands.' }],
    },
  },
});
