import type Stripe from 'stripe';
import type { Fire, Stage } from './define.ts';
import { jenny, jennyWithCard } from './invoices.ts';

/** What the scenarios subscribe to: $20 a month unless said otherwise. */
export const monthly = ({ stripe }: Pick<Stage, 'stripe'>, unit_amount = 2000): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount,
    recurring: { interval: 'month' },
    product_data: { name: 'Starter' },
  });

/** An active subscription whose card pays, its payment in the books; `card` pays from then on. */
export async function subscribed(
  stage: Stage,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
  card?: string,
): Promise<Stripe.Subscription> {
  const { stripe, wait } = stage;
  const { id: customer } = await jennyWithCard(stripe);
  const { id: price } = await monthly(stage);
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }], ...params });
  if (card) await payWith(stripe, customer, card);
  await wait('1m');
  return subscription;
}

/** The card that the customer's invoices draw on from now on. */
export async function payWith(stripe: Stripe, customer: string, card: string): Promise<void> {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
}

export const jennyBilledBefore = async (stage: Stage, source: Partial<Stripe.CustomerCreateParams>) => {
  const customer = await stage.step(
    'source' in source ? 's1' : 'p1',
    () => jenny(stage.stripe, source), // prettier-ignore
  );
  if (!stage.holds('first_bill')) {
    const { id: price } = await monthly(stage);
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price }],
      trial_period_days: 90,
    });
    await stage.stripe.subscriptions.cancel(id);
  }
  return customer;
};

export const FIRST_BILL = {
  first_bill: 'It is the first time that this customer is billed: from then on it has a currency.',
};
export const PAYMENT_TOLD = {
  payment_told:
    'Somebody waits for it: the payment’s record is told some 20 seconds after the invoice was paid (API 2025-06-30 and later).',
};

export const CARD_SOURCE = { source: 'tok_visa' } as const;
export const CARD_METHOD = {
  payment_method: 'pm_card_visa',
  invoice_settings: { default_payment_method: 'pm_card_visa' },
} as const;

/** What a customer with a card fires, made the older way and today's. */
export const customerMade: Record<'s1' | 'p1', Fire[]> = {
  s1: [
    { type: 'customer.created', step: 's1', do: 'ignore', why: 'Your own call made the customer.' },
    { type: 'customer.source.created', step: 's1', do: 'ignore', why: 'Show brand and last4 if you like.' },
    { type: 'payment_method.attached', step: 's1', do: 'ignore', why: 'The same card under its newer name.' },
  ],
  p1: [
    { type: 'payment_method.attached', step: 'p1', do: 'ignore', why: 'The card can be charged from now on.' },
    { type: 'customer.created', step: 'p1', do: 'ignore', why: 'Your own call made the customer.' },
  ],
};

export const firstBilled = (step: string): Fire => ({
  type: 'customer.updated',
  step,
  if: 'first_bill',
  do: 'ignore',
  why: 'The customer has a currency now: that of the first bill.',
});

export const subscriptionCreated = (step: string): Fire => ({
  type: 'customer.subscription.created',
  step,
  do: 'handle',
  why: 'Store its id and status; grant access when invoice.paid comes.',
});

/** The payment of an invoice, which is told before the invoice. */
export const paymentMade = (step: string): Fire[] => [
  { type: 'payment_intent.created', step, do: 'ignore', why: 'The invoice’s payment; invoice.paid tells the outcome.' },
  { type: 'charge.succeeded', step, do: 'ignore', why: 'invoice.paid tells the same with what was bought.' },
  { type: 'payment_intent.succeeded', step, do: 'ignore', why: 'invoice.paid tells the same with what was bought.' },
];

export const invoiceMade = (step: string): Fire[] => [
  { type: 'invoice.created', step, do: 'ignore', why: 'Already finalised and paid when you read it.' },
  { type: 'invoice.finalized', step, do: 'ignore', why: 'Its number is final; wait for the payment.' },
];

export const invoicePaid = (step: string): Fire[] => [
  { type: 'invoice.paid', step, do: 'handle', why: 'Grant or extend access until the period’s end.' },
  {
    type: 'invoice.payment_succeeded',
    step,
    do: 'ignore',
    why: 'The same again, except that it does not come for payments out of band.',
  },
];

export const paymentTold = (step: string): Fire => ({
  type: 'invoice_payment.paid',
  step,
  if: 'payment_told',
  do: 'ignore',
  why: 'Which payment paid which invoice: for accounting, when one invoice takes several.',
});

/** A draft of a new period, and the subscription that is in it. */
export const renewed = (step: string): Fire[] => [
  {
    type: 'invoice.created',
    step,
    do: 'handle',
    why: 'A draft for an hour: add what else is to be billed now. Answer 2xx, or it is held back for up to three days.',
  },
  {
    type: 'customer.subscription.updated',
    step,
    do: 'ignore',
    why: 'Only the period moved on; the payment is yet to come.',
  },
];

export const finalizedLater = (step: string): Fire[] => [
  { type: 'invoice.finalized', step, do: 'ignore', why: 'The hour is over and the amounts are final.' },
  { type: 'invoice.updated', step, do: 'ignore', why: 'The same, with what changed.' },
];

/** An attempt that the bank declined. */
export const declined = (step: string): Fire[] => [
  { type: 'charge.failed', step, do: 'ignore', why: 'invoice.payment_failed tells what to do about it.' },
  { type: 'payment_intent.payment_failed', step, do: 'ignore', why: 'invoice.payment_failed tells what to do.' },
  {
    type: 'invoice.payment_failed',
    step,
    do: 'handle',
    why: 'Ask the customer for another card; next_payment_attempt says when it is tried again, null for never.',
  },
  { type: 'invoice.updated', step, do: 'ignore', why: 'The attempt was counted.' },
];

/** What a first attempt that failed makes of subscription and customer. */
export const owes = (step: string): Fire[] => [
  {
    type: 'customer.subscription.updated',
    step,
    do: 'handle',
    why: 'It is past_due: keep or limit access, as you like.',
  },
  { type: 'customer.updated', step, do: 'ignore', why: 'The customer is delinquent until an invoice is paid.' },
];

export const subscriptionEnded = (step: string, why = 'Take access away.'): Fire => ({
  type: 'customer.subscription.deleted',
  step,
  do: 'handle',
  why,
});

export const subscriptionUpdated = (step: string, why: string, act: Fire['do'] = 'handle'): Fire => ({
  type: 'customer.subscription.updated',
  step,
  do: act,
  why,
});
