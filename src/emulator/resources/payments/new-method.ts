import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { isDebitType, readBankAccount, type Holder } from './bank-account.ts';
import { readCard } from './card-details.ts';
import { NO_BILLING, type Billing } from './instrument.ts';
import { insertBankMethod, insertCashMethod, insertPaymentMethod, spendToken } from './source-choice.ts';

/** Details of a payment method to be made: those of `paymentMethods.create`, or an intent's `payment_method_data`. */
export type MethodData = {
  type?: string;
  card?: { token?: string };
  billing_details?: object;
  allow_redisplay?: string;
  [kind: string]: unknown;
};

/** Makes a payment method of details. `at` is the parameter they were sent in, if not the request itself. */
export function makeMethod(
  tx: Transaction,
  data: MethodData,
  metadata: Record<string, string> = {},
  at = '',
): Stored<'payment_method'> {
  const { type, card } = data;
  const param = (name: string, rest = '') => (at ? `${at}[${name}]${rest}` : `${name}${rest}`);
  if (!type) throw stripeError('parameter_missing', [param('type')], param('type'));
  const fields = { metadata, ...(data.allow_redisplay && { allowRedisplay: data.allow_redisplay }) };
  if (isDebitType(type)) {
    const details = billing(data.billing_details);
    const bank = readBankAccount(type, data[type] as Record<string, string> | undefined, details, at);
    const holder = (data[type] ?? {}) as Holder;
    return insertBankMethod(tx, bank, { ...fields, billing: details, holder, verified: type !== 'us_bank_account' });
  }
  if (type === 'customer_balance') return insertCashMethod(tx, { ...fields, billing: billing(data.billing_details) });
  if (type !== 'card') throw stripeError('paybell_not_modelled', [`payment methods of type ${type}`], param('type'));
  if (!card) throw stripeError('parameter_missing', [param('card')], param('card'));
  const instrument = card.token
    ? spendToken(tx, card.token, param('card', '[token]')).instrument
    : readCard(tx, card as never);
  return insertPaymentMethod(tx, instrument, { ...fields, billing: billing(data.billing_details, instrument.billing) });
}

/** Billing details as the API shows them: every part present. Parts that were not sent keep what they were. */
export function billing(given: object | undefined, before: Billing = NO_BILLING): Billing {
  const sent = (given ?? {}) as Partial<Billing>;
  const address = sent.address
    ? ({ ...NO_BILLING.address, ...before.address, ...sent.address } as Billing['address'])
    : before.address;
  return { ...before, ...sent, address };
}
