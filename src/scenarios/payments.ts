import type Stripe from 'stripe';
import type { Fire, Stage } from './define.ts';

/** `automatic_payment_methods` for a payment that is confirmed on the server and never redirects. */
const ON_SERVER = { enabled: true, allow_redirects: 'never' } as const;

/** A card payment of $20 that is confirmed as it is made. */
export const confirmedNow = {
  amount: 2000,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
  automatic_payment_methods: ON_SERVER,
} satisfies Stripe.PaymentIntentCreateParams;

/** The condition of every intent's `charge.updated`, in words. */
export const ASYNC_CAPTURE = {
  async_capture:
    'The intent is captured asynchronously (capture_method automatic_async, the default since API 2024-04-10). ' +
    'With capture_method automatic the books are written in the same request and the event does not come.',
};

/** Makes and confirms a payment intent in one request, and waits until its capture is in the books. */
export async function payNow(
  { stripe, wait, holds }: Stage,
  params: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  const intent = await stripe.paymentIntents.create({
    ...confirmedNow,
    ...params,
    ...(!holds('async_capture') && { capture_method: 'automatic' }),
  });
  await wait('2s');
  return intent;
}

/** What a payment intent fires that is made, confirmed and paid in one request. */
export const paidBy = (step: string): [Fire, Fire, Fire] => [
  { type: 'payment_intent.created', step, do: 'ignore', why: 'Nothing is paid yet; your own call made it.' },
  { type: 'charge.succeeded', step, do: 'ignore', why: 'The intent tells the same with more context.' },
  { type: 'payment_intent.succeeded', step, do: 'handle', why: 'The payment is complete: fulfil the order.' },
];

/** The books that follow an asynchronous capture. */
export const bookedBy = (step: string): Fire => ({
  type: 'charge.updated',
  step,
  if: 'async_capture',
  do: 'ignore',
  why: 'Only the books follow: balance transaction and receipt. Handle it when you account for fees.',
});

/** What a classic charge fires that went through. */
export const charged = (step: string): Fire => ({
  type: 'charge.succeeded',
  step,
  do: 'handle',
  why: 'The money is yours: fulfil the order.',
});
