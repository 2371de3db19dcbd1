import { declineMessage, type Decline } from '../../../stripe/cards/index.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { AUTHORISED_FOR, cardDetails, outcomeOf } from './card-charge.ts';
import { bankActsAt, cardOf, insertCharge, receiptUrl, settle } from './charge-record.ts';
import { hide } from './instrument.ts';
import { openReview } from './review.ts';
import type { CardChoice } from './source-choice.ts';

/** When the books follow a capture: in the same request, or a moment later (the default of intents since 2024-04-10). */
export type Settlement = 'sync' | 'async';

export type Payment = {
  amount: number;
  currency: string;
  choice: CardChoice;
  capture: boolean;
  settlement: Settlement;
  paymentIntent?: string | null;
  offSession?: boolean;
  /** The result of 3-D Secure, where the bank asked for it. */
  authenticated?: boolean;
  mandate?: string | null;
  fields?: Partial<Stored<'charge'>>;
};

/** Seconds after which an asynchronous capture is in the books: what logs of real accounts show. */
export const SETTLES_AFTER = 2;

const BLOCKED: Decline = { code: 'card_declined', declineCode: 'fraudulent' };

type Refused = { decline: Decline; blocked: boolean };

/** Why the bank or Radar refuses this payment, if one does. */
export function refusal(
  { instrument }: Pick<CardChoice, 'instrument'>,
  authenticated: boolean | undefined,
): Refused | undefined {
  const { radar, declines } = instrument.card;
  if (radar === 'block' || radar === 'highest') return { decline: BLOCKED, blocked: true };
  if (!declines) return undefined;
  if (declines.onlyWithCvc && !instrument.cvcGiven) return undefined;
  if (declines.afterAuthentication && !authenticated) return undefined;
  return { decline: declines, blocked: false };
}

/** Asks the card's bank for the money. Whatever it says, a charge is the record of it. */
export function charge(tx: Transaction, payment: Payment): { charge: Stored<'charge'>; decline: Decline | undefined } {
  const { choice, amount, currency, capture, authenticated = false, mandate = null, paymentIntent = null } = payment;
  const { instrument, paymentMethod, source, customer } = choice;
  const refused = refusal(choice, authenticated);
  const paid = !refused;
  const captured = paid && capture;
  const { id } = insertCharge(
    tx,
    {
      amount,
      amount_captured: captured ? amount : 0,
      billing_details: instrument.billing,
      captured,
      currency,
      customer,
      failure_code: refused ? refused.decline.code : null,
      failure_message: refused ? declineMessage(refused.decline) : null,
      outcome: outcomeOf(instrument.card, refused),
      paid,
      payment_intent: paymentIntent,
      payment_method: paymentMethod,
      payment_method_details: cardDetails(tx, instrument, { amount, capture, authenticated, paid, mandate }),
      receipt_url: paid ? receiptUrl(tx) : null,
      source: paymentIntent ? null : (source as Stored<'charge'>['source']),
      status: paid ? 'succeeded' : 'failed',
      ...payment.fields,
    },
    { ...hide(instrument), settlement: payment.settlement },
  );
  if (paid && instrument.card.radar === 'elevated') openReview(tx, id);
  if (captured) return { charge: recordCapture(tx, id), decline: undefined };
  if (paid) tx.update('charge', id, {}, { expiresAt: tx.now + AUTHORISED_FOR });
  return { charge: tx.get('charge', id)!, decline: refused?.decline };
}

/** Puts a capture into the books, now or shortly, and sets off what the test card has in store. */
export function recordCapture(tx: Transaction, id: string): Stored<'charge'> {
  const { hidden } = tx.row('charge', id)!;
  const card = cardOf(hidden);
  const later = {
    expiresAt: null,
    // Money that is there at once is in the books at once, too.
    settlesAt: hidden['settlement'] === 'async' && !card?.bypassPending ? tx.now + SETTLES_AFTER : null,
    disputesAt: card?.dispute ? bankActsAt(tx) : null,
    warnsAt: card?.earlyFraudWarning ? bankActsAt(tx) : null,
  };
  tx.update('charge', id, {}, later);
  return later.settlesAt === null ? settle(tx, id) : tx.get('charge', id)!;
}
