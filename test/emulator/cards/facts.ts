import facts from './facts.json' with { type: 'json' };

/** What Stripe's testing page says of a card: which events a payment with it fires, and what comes after 3-D Secure. */
export type CardFact = {
  number: string;
  behaviour: string;
  paymentMethod: string | null;
  token: string | null;
  group: string;
  events?: string[];
  after?: string[];
  refundEvents?: string[];
  code?: string;
  declineCode?: string;
  attachable?: false;
};

export const CARD_FACTS = facts as CardFact[];

/** Cards whose page says nothing of events pay like any other. */
export const PAID = ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'];
