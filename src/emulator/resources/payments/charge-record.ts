import { cardByNumber, type TestBankAccount, type TestCard } from '../../../stripe/cards/index.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { cardFee } from '../money.ts';
import { post } from './balance.ts';
import { bankOf } from './bank-account.ts';

/**
 * Seconds until the bank disputes, warns of, or answers a test payment. Stripe's test banks act at once, and its CLI
 * counts on that. Where time stands still they take long enough for the payment to be in the books first, so that what
 * happened because of what can be told apart.
 */
const BANK_ACTS_AFTER = 3;
export const bankActsAt = (tx: Transaction): number => tx.now + (tx.flowing ? 0 : BANK_ACTS_AFTER);

/** Writes a charge: what all charges have in common, and what `fields` say of this one. */
export function insertCharge(tx: Transaction, fields: Partial<Stored<'charge'>>, hidden: Hidden): Stored<'charge'> {
  return tx.insert(
    'charge',
    {
      id: tx.id('ch'),
      object: 'charge',
      amount_refunded: 0,
      calculated_statement_descriptor: 'PAYBELL TEST',
      created: tx.now,
      disputed: false,
      failure_code: null,
      failure_message: null,
      fraud_details: {},
      livemode: false,
      metadata: {},
      refunded: false,
      ...fields,
    },
    hidden,
  );
}

/** What a charge takes over from the intent it was made for. */
export const fromIntent = (intent: Stored<'payment_intent'>): Partial<Stored<'charge'>> => ({
  description: intent.description,
  metadata: intent.metadata,
  receipt_email: intent.receipt_email,
  shipping: intent.shipping,
  statement_descriptor: intent.statement_descriptor,
  statement_descriptor_suffix: intent.statement_descriptor_suffix,
  transfer_group: intent.transfer_group,
});

/** The test card behind a charge, if it was made with one. */
export const cardOf = (hidden: Hidden): TestCard | undefined =>
  hidden['card'] === undefined ? undefined : cardByNumber(String(hidden['card']));

/** The test bank account behind a charge, if it was made by debit. */
export const accountOf = (hidden: Hidden): TestBankAccount | undefined => bankOf(hidden);

export const receiptUrl = (tx: Transaction): string => `https://pay.stripe.com/receipts/payment/${tx.text(48)}`;

/** What Stripe keeps: the card rate; of a bank debit 0.8 %, of a bank transfer 0.5 %, at most 5.00 (its US price list). */
function feeOf({ amount_captured: amount, currency }: Stored<'charge'>, hidden: Hidden): number {
  if (cardOf(hidden)) return cardFee(amount, currency);
  return Math.min(500, Math.floor((amount * (accountOf(hidden) ? 8 : 5) + 500) / 1000));
}

/** The books follow: the charge gets its balance transaction and its final receipt. */
export function settle(tx: Transaction, id: string): Stored<'charge'> {
  const { object, hidden } = tx.row('charge', id)!;
  const { currency, amount_captured: amount, description } = object;
  const byCard = cardOf(hidden);
  const transaction = post(tx, {
    amount,
    fee: feeOf(object, hidden),
    currency,
    // The older name for what is not a card payment.
    type: byCard ? 'charge' : 'payment',
    reportingCategory: 'charge',
    source: id,
    description,
    atOnce: byCard?.bypassPending === true,
  });
  const receipt = hidden['settlement'] === 'async' ? { receipt_url: receiptUrl(tx) } : {};
  return tx.update('charge', id, { balance_transaction: transaction.id, ...receipt }, { settlesAt: null });
}
