import { BACS_ACCOUNTS, BECS_ACCOUNTS, US_BANK_ACCOUNTS, type TestBankAccount } from './bank-debits.ts';
import { SEPA_ACCOUNTS } from './sepa.ts';

/** Every bank account that exists in test mode. */
export const TEST_BANK_ACCOUNTS: readonly TestBankAccount[] = [
  ...US_BANK_ACCOUNTS,
  ...BACS_ACCOUNTS,
  ...BECS_ACCOUNTS,
  ...SEPA_ACCOUNTS,
];

const byAccount = new Map(TEST_BANK_ACCOUNTS.map((entry) => [`${entry.type} ${entry.account}`, entry]));
const byName = new Map(TEST_BANK_ACCOUNTS.map((entry) => [entry.paymentMethod, entry]));

/** The test account with this number, or IBAN, under a payment method type; spaces and dashes do not matter. */
export const bankAccountByNumber = (type: TestBankAccount['type'], account: string): TestBankAccount | undefined =>
  byAccount.get(`${type} ${account.replaceAll(/[\s-]/g, '').toUpperCase()}`);

/** The test account that a ready-made payment method such as `pm_usBankAccount_success` stands for. */
export const bankAccountByPaymentMethod = (id: string): TestBankAccount | undefined => byName.get(id);
