import { cardByPaymentMethod, cardByToken } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { noSuch } from '../references.ts';
import {
  billingOfCard,
  cardAsPaymentMethod,
  cardFields,
  hide,
  instrumentOf,
  NO_BILLING,
  paymentMethodCard,
  readyMade,
  type Billing,
  type Instrument,
} from './instrument.ts';

/** What a payment draws on: the instrument, the payment method it is called by, the source object to show. */
export type Choice = {
  instrument: Instrument;
  paymentMethod: string;
  customer: string | null;
  /** The older object, for charges made the older way. */
  source: Stored<'card'> | Stored<'source'> | null;
};

/** A token as the card it stands for. It is used up: only the ready-made ones may be used again. */
export function spendToken(
  tx: Transaction,
  id: string,
  param: string,
): { card: Stored<'card'>; instrument: Instrument } {
  const ready = cardByToken(id);
  if (ready) {
    const instrument = readyMade(tx, ready);
    return { card: cardFields(tx, instrument), instrument };
  }
  const row = tx.row('token', id);
  const card = row?.object.card as Stored<'card'> | undefined;
  if (!row || !card) throw noSuch('token', id, param);
  if (row.object.used) throw stripeError('token_already_used', [id], param);
  tx.update('token', id, { used: true });
  return { card, instrument: instrumentOf(row.hidden, card, billingOfCard(card)) };
}

/** The source a charge names: a token, a card of the customer, a source object. */
export function chooseSource(tx: Transaction, id: string, customer: string | null): Choice {
  if (id.startsWith('tok_')) {
    const { card, instrument } = spendToken(tx, id, 'source');
    return { instrument, paymentMethod: card.id, customer, source: card };
  }
  const card = tx.row('card', id);
  if (card) {
    if (card.object.customer && card.object.customer !== customer) {
      if (customer) throw noSuch('card', id, 'source');
      throw stripeError('missing', [`Card ${id} belongs to a customer; name the customer as well.`], 'customer');
    }
    const instrument = instrumentOf(card.hidden, card.object, billingOfCard(card.object));
    return { instrument, paymentMethod: id, customer, source: card.object };
  }
  const source = tx.row('source', id);
  if (!source) throw noSuch(id.startsWith('card_') ? 'card' : 'source', id, 'source');
  if (source.object.status !== 'chargeable')
    throw stripeError('missing', [`Source ${id} is ${source.object.status} and cannot be charged.`], 'source');
  return { instrument: sourceInstrument(source), paymentMethod: id, customer, source: source.object };
}

const sourceInstrument = ({
  object,
  hidden,
}: {
  object: Stored<'source'>;
  hidden: Parameters<typeof instrumentOf>[0];
}) => instrumentOf(hidden, object.card as { exp_month: number; exp_year: number }, NO_BILLING);

/** The payment method a parameter names. A ready-made one (`pm_card_visa`) becomes a new object of this world. */
export function choosePaymentMethod(tx: Transaction, id: string, param = 'payment_method'): Choice {
  const ready = cardByPaymentMethod(id);
  if (ready) {
    const method = insertPaymentMethod(tx, readyMade(tx, ready));
    return choosePaymentMethod(tx, method.id);
  }
  const row = tx.row('payment_method', id);
  if (row) {
    const { object, hidden } = row;
    const billing = object.billing_details;
    const instrument = instrumentOf(hidden, object.card as { exp_month: number; exp_year: number }, billing);
    return { instrument, paymentMethod: id, customer: object.customer as string | null, source: null };
  }
  const card = tx.row('card', id);
  if (card) {
    const instrument = instrumentOf(card.hidden, card.object, billingOfCard(card.object));
    return { instrument, paymentMethod: id, customer: (card.object.customer as string) ?? null, source: card.object };
  }
  throw noSuch('PaymentMethod', id, param);
}

/** A payment method by its id, whichever object it is stored as. */
export function paymentMethodView(tx: Transaction, id: string): Stored<'payment_method'> | undefined {
  const card = tx.row('card', id);
  return tx.get('payment_method', id) ?? (card && cardAsPaymentMethod(card.object, card.hidden));
}

/** Makes a payment method of an instrument, not yet anyone's: nothing is told of it until it is attached. */
export function insertPaymentMethod(
  tx: Transaction,
  instrument: Instrument,
  fields: { billing?: Billing; metadata?: Record<string, string>; allowRedisplay?: string } = {},
): Stored<'payment_method'> {
  const billing = fields.billing ?? instrument.billing;
  return tx.insert(
    'payment_method',
    {
      id: tx.id('pm'),
      object: 'payment_method',
      allow_redisplay: (fields.allowRedisplay ?? 'unspecified') as 'unspecified',
      billing_details: billing,
      card: paymentMethodCard({ ...instrument, billing }),
      created: tx.now,
      customer: null,
      livemode: false,
      metadata: fields.metadata ?? {},
      type: 'card',
    },
    hide(instrument),
  );
}
