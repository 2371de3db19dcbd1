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

type Account = (digits: (count: number) => string) => Record<string, unknown>;

/** The account a transfer goes to, by currency: what Stripe calls the way, and the account's address on it. */
const WAYS: Record<string, { type: string; account: Account }> = {
  usd: {
    type: 'us_bank_transfer',
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
    account: (digits) => ({
      iban: { ...HOLDER, bic: 'AGRIFRPPXXX', country: 'FR', iban: `FR76${digits(23)}` },
      supported_networks: ['sepa'],
      type: 'iban',
    }),
  },
  gbp: {
    type: 'gb_bank_transfer',
    account: (digits) => ({
      sort_code: { ...HOLDER, account_number: digits(8), sort_code: '108800' },
      supported_networks: ['bacs', 'fps'],
      type: 'sort_code',
    }),
  },
  jpy: {
    type: 'jp_bank_transfer',
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
    account: (digits) => ({
      spei: { ...HOLDER, bank_code: '002', bank_name: 'STRIPE TEST BANK', clabe: digits(18) },
      supported_networks: ['spei'],
      type: 'spei',
    }),
  },
};

/** Where the customer is to transfer what remains (minor units). The account stays the same while an intent waits. */
export function transferInstructions(
  tx: Transaction,
  { next_action, currency, id }: Stored<'payment_intent'>,
  remaining: number,
): Stored<'payment_intent'>['next_action'] {
  const way = WAYS[currency];
  if (!way)
    throw stripeError(
      'parameter_invalid',
      ['currency', `bank transfers are in one of ${Object.keys(WAYS).join(', ')}`],
      'currency',
    );
  const digits = (count: number) => Array.from(tx.text(count), (letter) => letter.charCodeAt(0) % 10).join('');
  const display = next_action?.display_bank_transfer_instructions ?? {
    currency,
    financial_addresses: [way.account(digits)],
    hosted_instructions_url: `https://payments.stripe.com/bank_transfers/instructions/test_${id}`,
    reference: tx.text(12).toUpperCase(),
    type: way.type,
  };
  return {
    display_bank_transfer_instructions: { ...display, amount_remaining: remaining },
    type: 'display_bank_transfer_instructions',
  } as unknown as Stored<'payment_intent'>['next_action'];
}
