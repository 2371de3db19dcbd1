import {
  bankAccountByPaymentMethod,
  cardByPaymentMethod,
  cardByToken,
  type TestBankAccount,
} from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { noSuch } from '../references.ts';
import { bankMethod, bankOf, hideBank, type Holder } from './bank-account.ts';
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

type Chosen = { paymentMethod: string; customer: string | null };

/** A card to draw on, with the older object to show for charges made the older way. */
export type CardChoice = Chosen & {
  kind: 'card';
  instrument: Instrument;
  source: Stored<'card'> | Stored<'source'> | null;
};

/** What a payment draws on: a card, a bank account, or what the customer sent by bank transfer. */
export type Choice = CardChoice | (Chosen & { kind: 'bank'; bank: TestBankAccount }) | (Chosen & { kind: 'cash' });

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
export function chooseSource(tx: Transaction, id: string, customer: string | null): CardChoice {
  if (id.startsWith('tok_')) {
    const { card, instrument } = spendToken(tx, id, 'source');
    return { kind: 'card', instrument, paymentMethod: card.id, customer, source: card };
  }
  const card = tx.row('card', id);
  if (card) {
    if (card.object.customer && card.object.customer !== customer) {
      if (customer) throw noSuch('card', id, 'source');
      throw stripeError('missing', [`Card ${id} belongs to a customer; name the customer as well.`], 'customer');
    }
    const instrument = instrumentOf(card.hidden, card.object, billingOfCard(card.object));
    return { kind: 'card', instrument, paymentMethod: id, customer, source: card.object };
  }
  const source = tx.row('source', id);
  if (!source) throw noSuch(id.startsWith('card_') ? 'card' : 'source', id, 'source');
  if (source.object.status !== 'chargeable')
    throw stripeError('missing', [`Source ${id} is ${source.object.status} and cannot be charged.`], 'source');
  return { kind: 'card', instrument: sourceInstrument(source), paymentMethod: id, customer, source: source.object };
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
  const bank = bankAccountByPaymentMethod(id);
  if (bank) return choosePaymentMethod(tx, insertBankMethod(tx, bank, { verified: true }).id);
  const row = tx.row('payment_method', id);
  if (row) {
    const { object, hidden } = row;
    const chosen = { paymentMethod: id, customer: object.customer as string | null };
    const account = bankOf(hidden);
    if (account) return { ...chosen, kind: 'bank', bank: account };
    if (object.type === 'customer_balance') return { ...chosen, kind: 'cash' };
    const { billing_details: billing } = object;
    const instrument = instrumentOf(hidden, object.card as { exp_month: number; exp_year: number }, billing);
    return { ...chosen, kind: 'card', instrument, source: null };
  }
  const card = tx.row('card', id);
  if (card) {
    const instrument = instrumentOf(card.hidden, card.object, billingOfCard(card.object));
    const customer = (card.object.customer as string) ?? null;
    return { kind: 'card', instrument, paymentMethod: id, customer, source: card.object };
  }
  throw noSuch('PaymentMethod', id, param);
}

/** A payment method by its id, whichever object it is stored as. */
export function paymentMethodView(tx: Transaction, id: string): Stored<'payment_method'> | undefined {
  const card = tx.row('card', id);
  return tx.get('payment_method', id) ?? (card && cardAsPaymentMethod(card.object, card.hidden));
}

type Method = Stored<'payment_method'>;
type Fields = { billing?: Billing; metadata?: Record<string, string>; allowRedisplay?: string };

/** Makes a payment method of a card, not yet anyone's: nothing is told of it until it is attached. */
export function insertPaymentMethod(tx: Transaction, instrument: Instrument, given: Fields = {}): Method {
  const billing = given.billing ?? instrument.billing;
  const card = { type: 'card' as const, card: paymentMethodCard({ ...instrument, billing }) };
  return insert(tx, card, { ...given, billing }, hide(instrument));
}

/** The same of a bank account. `verified`: its holder has shown that it is theirs, which only US accounts need. */
export function insertBankMethod(
  tx: Transaction,
  bank: TestBankAccount,
  given: Fields & { holder?: Holder; verified: boolean },
): Method {
  const { verified, holder, ...fields } = given;
  return insert(tx, bankMethod(bank, holder), fields, { ...hideBank(bank), verified });
}

/** The payment method that stands for a customer's cash balance. */
export const insertCashMethod = (tx: Transaction, given: Fields = {}): Method =>
  insert(tx, { type: 'customer_balance', customer_balance: {} } as never, given, {});

function insert(
  tx: Transaction,
  method: Partial<Stored<'payment_method'>>,
  { billing = NO_BILLING, metadata = {}, allowRedisplay = 'unspecified' }: Fields,
  hidden: Hidden,
): Stored<'payment_method'> {
  return tx.insert(
    'payment_method',
    {
      id: tx.id('pm'),
      object: 'payment_method',
      allow_redisplay: allowRedisplay as 'unspecified',
      billing_details: billing,
      created: tx.now,
      customer: null,
      livemode: false,
      metadata,
      ...method,
    },
    hidden,
  );
}
