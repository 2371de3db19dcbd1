import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';

const ADDRESS = {
  city: 'Dublin',
  country: 'IE',
  line1: 'The One Building, 1 Lower Grand Canal Street',
  line2: null,
  postal_code: 'D02 H210',
  state: null,
};
const HOLDER = { account_holder_address: ADDRESS, account_holder_name: 'Stripe Test', bank_address: ADDRESS };

type Digits = (count: number) => string;
type Way = { type: string; country: string; account: (digits: Digits, country: string) => object };

/** By country, an IBAN as long as they are there. */
const IBANS: Record<string, (digits: Digits) => string> = {
  DE: (digits) => `DE${digits(20)}`,
  FR: (digits) => `FR76${digits(23)}`,
  IE: (digits) => `IE${digits(2)}STRI${digits(14)}`,
  NL: (digits) => `NL${digits(2)}STRI${digits(10)}`,
};

/** The account a transfer goes to, by currency: what Stripe calls the way, and the account's address on it. */
const WAYS: Record<string, Way> = {
  usd: {
    type: 'us_bank_transfer',
    country: 'US',
    account: (digits) => ({
      aba: {
        ...HOLDER,
        account_number: digits(12),
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        routing_number: '110000000',
      },
      supported_networks: ['ach', 'domestic_wire_us'],
      type: 'aba',
    }),
  },
  eur: {
    type: 'eu_bank_transfer',
    country: 'FR',
    account: (digits, country) => ({
      iban: { ...HOLDER, bic: 'AGRIFRPPXXX', country, iban: IBANS[country]!(digits) },
      supported_networks: ['sepa'],
      type: 'iban',
    }),
  },
  gbp: {
    type: 'gb_bank_transfer',
    country: 'GB',
    account: (digits) => ({
      sort_code: { ...HOLDER, account_number: digits(8), sort_code: '108800' },
      supported_networks: ['bacs', 'fps'],
      type: 'sort_code',
    }),
  },
  jpy: {
    type: 'jp_bank_transfer',
    country: 'JP',
    account: (digits) => ({
      supported_networks: ['zengin'],
      type: 'zengin',
      zengin: {
        ...HOLDER,
        account_number: digits(7),
        account_type: 'futsu',
        bank_code: '1100',
        bank_name: 'STRIPE TEST BANK',
        branch_code: '000',
        branch_name: 'STRIPE TEST BRANCH',
      },
    }),
  },
  mxn: {
    type: 'mx_bank_transfer',
    country: 'MX',
    account: (digits) => ({
      spei: { ...HOLDER, bank_code: '002', bank_name: 'STRIPE TEST BANK', clabe: digits(18) },
      supported_networks: ['spei'],
      type: 'spei',
    }),
  },
};

type TransferAccount = { type: string; country: string; address: object };

/**
 * The account to which a customer transfers money of a currency: made when it is first asked for, and theirs from then
 * on. `country` chooses where an IBAN is (DE, FR, IE, NL); the other currencies have one country each.
 */
export function transferAccount(tx: Transaction, customer: string, currency: string, country?: string) {
  const way = WAYS[currency];
  if (!way)
    throw stripeError(
      'parameter_invalid',
      ['currency', `bank transfers are in one of ${Object.keys(WAYS).join(', ')}`],
      'currency',
    );
  const at = way.type === 'eu_bank_transfer' ? (country?.toUpperCase() ?? way.country) : way.country;
  if (way.type === 'eu_bank_transfer' && !IBANS[at])
    throw stripeError(
      'parameter_invalid',
      ['country', `accounts for transfers in eur are in one of ${Object.keys(IBANS).join(', ')}`],
      'bank_transfer[eu_bank_transfer][country]',
    );
  const kept = tx.row('customer', customer)!.hidden['transferAccounts'] as Record<string, TransferAccount> | undefined;
  const key = `${currency} ${at}`;
  if (kept?.[key]) return kept[key];
  const digits = (count: number) => Array.from(tx.text(count), (letter) => letter.charCodeAt(0) % 10).join('');
  const account: TransferAccount = { type: way.type, country: at, address: way.account(digits, at) };
  tx.update('customer', customer, {}, { transferAccounts: { ...kept, [key]: account } });
  return account;
}

/** Where the customer is to transfer what remains (minor units), and under which reference. */
export function transferInstructions(
  tx: Transaction,
  { next_action, currency, customer, id, payment_method_options: options }: Stored<'payment_intent'>,
  remaining: number,
): Stored<'payment_intent'>['next_action'] {
  const { country } = options?.customer_balance?.bank_transfer?.eu_bank_transfer ?? {};
  const { type, address } = transferAccount(tx, customer as string, currency, country);
  const display = next_action?.display_bank_transfer_instructions ?? {
    currency,
    financial_addresses: [address],
    hosted_instructions_url: `https://payments.stripe.com/bank_transfers/instructions/test_${id}`,
    reference: tx.text(12).toUpperCase(),
    type,
  };
  return {
    display_bank_transfer_instructions: { ...display, amount_remaining: remaining },
    type: 'display_bank_transfer_instructions',
  } as unknown as Stored<'payment_intent'>['next_action'];
}
