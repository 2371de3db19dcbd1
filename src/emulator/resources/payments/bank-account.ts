import { bankAccountByNumber, ibanParts, isIban, type TestBankAccount } from '../../../stripe/cards/index.ts';
import { StripeError, stripeError } from '../../http/errors.ts';
import type { Hidden, Stored } from '../../world/objects.ts';
import { fingerprint, type Billing } from './instrument.ts';

export type DebitType = TestBankAccount['type'];

/** How each kind of debit names its parts, and what must be known of the payer (docs.stripe.com/payments/bank-debits). */
const KINDS: Record<DebitType, { bank?: string; account: string; needs: readonly (keyof Billing)[] }> = {
  us_bank_account: { bank: 'routing_number', account: 'account_number', needs: ['name'] },
  sepa_debit: { account: 'iban', needs: ['name', 'email'] },
  bacs_debit: { bank: 'sort_code', account: 'account_number', needs: ['name', 'email'] },
  au_becs_debit: { bank: 'bsb_number', account: 'account_number', needs: ['name', 'email'] },
};

export const isDebitType = (type: string): type is DebitType => Object.hasOwn(KINDS, type);

type Given = Partial<Record<string, string>>;

/** How the holder of a US account described it; other schemes do not ask. */
export type Holder = { account_holder_type?: string; account_type?: string };

/**
 * A bank account given by its numbers. As with cards only Stripe's test numbers are taken, and no other is stored or
 * repeated.
 */
export function readBankAccount(type: DebitType, given: Given | undefined, billing: Billing, at = ''): TestBankAccount {
  const { bank, account, needs } = KINDS[type];
  const param = (name: string) => (at ? `${at}[${type}][${name}]` : `${type}[${name}]`);
  for (const name of bank ? [bank, account] : [account])
    if (!given?.[name]) throw stripeError('parameter_missing', [param(name)], param(name));
  for (const name of needs)
    if (!billing[name]) {
      const missing = at ? `${at}[billing_details][${name}]` : `billing_details[${name}]`;
      throw stripeError('parameter_missing', [missing], missing);
    }
  const number = given![account]!.replaceAll(/[\s-]/g, '').toUpperCase();
  if (type === 'sepa_debit' && !isIban(number))
    throw invalidAccount('invalid_bank_account_iban', 'The IBAN you provided is invalid.', param(account));
  const found = bankAccountByNumber(type, number);
  if (!found)
    throw invalidAccount(
      'account_number_invalid',
      'You must use a test bank account number in test mode; for a list of them, visit https://docs.stripe.com/testing.',
      param(account),
    );
  if (bank && given![bank]!.replaceAll(/\D/g, '') !== found.bank)
    throw invalidAccount(
      type === 'us_bank_account' ? 'routing_number_invalid' : 'parameter_invalid',
      `You must use a test ${bank.replaceAll('_', ' ')} in test mode. Try ${found.bank}.`,
      param(bank),
    );
  return found;
}

const invalidAccount = (code: string, message: string, param: string) =>
  new StripeError(400, { code, message, param, type: 'invalid_request_error' });

/** A bank account as hidden facts of an object, and back. */
export const hideBank = ({ type, account }: TestBankAccount): Hidden => ({ bank: { type, account } });

export function bankOf(hidden: Hidden): TestBankAccount | undefined {
  const bank = hidden['bank'] as { type: DebitType; account: string } | undefined;
  return bank && bankAccountByNumber(bank.type, bank.account);
}

// What a payment method and a charge both show of an account.
function shown({ type, bank, account, country }: TestBankAccount, holder: Holder) {
  const both = { fingerprint: fingerprint(account), last4: account.slice(-4) };
  switch (type) {
    case 'us_bank_account':
      return {
        account_holder_type: holder.account_holder_type ?? 'individual',
        account_type: holder.account_type ?? 'checking',
        bank_name: 'STRIPE TEST BANK',
        routing_number: bank,
        ...both,
      };
    case 'sepa_debit': {
      const parts = ibanParts(account);
      return { bank_code: parts.bank, branch_code: parts.branch, country, ...both };
    }
    case 'bacs_debit':
      return { sort_code: bank, ...both };
    case 'au_becs_debit':
      return { bsb_number: bank, ...both };
  }
}

/** The hash of a payment method that tells of its bank account. */
export function bankMethod(account: TestBankAccount, holder: Holder = {}): Partial<Stored<'payment_method'>> {
  const { type } = account;
  const more: Partial<Record<DebitType, object>> = {
    us_bank_account: {
      financial_connections_account: null,
      networks: { preferred: 'ach', supported: ['ach'] },
      status_details: null,
    },
    sepa_debit: { generated_from: { charge: null, setup_attempt: null } },
  };
  return { type, [type]: { ...shown(account, holder), ...more[type] } } as Partial<Stored<'payment_method'>>;
}

/** `payment_method_details` of a charge made by debit. */
export function bankDetails(account: TestBankAccount, mandate: string, holder: Holder) {
  const { type } = account;
  const more = type === 'us_bank_account' ? { payment_reference: null } : {};
  return { type, [type]: { ...shown(account, holder), mandate, ...more } } as unknown as NonNullable<
    Stored<'charge'>['payment_method_details']
  >;
}
