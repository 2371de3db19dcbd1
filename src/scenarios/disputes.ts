import type Stripe from 'stripe';
import type { Fire, Stage } from './define.ts';
import { confirmedNow } from './payments.ts';

/** A payment with a card whose bank is about to object; its books are written. */
export async function objectionable({ stripe, wait }: Stage, payment_method: string): Promise<void> {
  await stripe.paymentIntents.create({ ...confirmedNow, payment_method });
  await wait('2s');
}

/** The one dispute there is. */
export const theDispute = async (stripe: Stripe): Promise<Stripe.Dispute> =>
  (await stripe.disputes.list({ limit: 1 })).data[0]!;

/** What a dispute fires when it opens and takes the money. */
export const DISPUTED: [Fire, Fire] = [
  { type: 'charge.dispute.created', step: 'x1', do: 'handle', why: 'Stop fulfilling, gather evidence, mind due_by.' },
  { type: 'charge.dispute.funds_withdrawn', step: 'x1', do: 'handle', why: 'Book the amount and the fee.' },
];
