/** How a debit of a test bank account goes. Every one starts `processing`. */
export interface DebitFact {
  outcome:
    | 'succeeds'
    | 'fails'
    /** Succeeds, and a dispute follows at once. */
    | 'disputed'
    /** Radar stops it. */
    | 'blocked'
    /** No outcome, ever. */
    | 'processing'
    /** Not even the account can be set up: no debit is reached. */
    | 'refused';
  failureCode: string | null;
  /** The outcome takes at least three minutes instead of coming at once. */
  delayed: boolean;
  /** What becomes of the mandate; it is active unless said otherwise. */
  mandate: 'active' | 'inactive';
}

/** A bank account that exists in test mode. */
export interface TestBankAccount extends DebitFact {
  type: 'us_bank_account' | 'bacs_debit' | 'au_becs_debit' | 'sepa_debit';
  /** Routing number, sort code or BSB; null for an IBAN, which has it inside. */
  bank: string | null;
  /** The account number, or the IBAN. */
  account: string;
  country: string;
  /** The ready-made payment method, such as `pm_usBankAccount_success`; null when there is none. */
  paymentMethod: string | null;
}

type Scheme = Pick<TestBankAccount, 'type' | 'bank' | 'country'> & { prefix: string };

/** Makes the accounts of one scheme: number, end of the payment method's name, and what departs from succeeding. */
function accounts(
  { prefix, ...scheme }: Scheme,
  rows: readonly (readonly [account: string, name: string | null, fact?: Partial<DebitFact>])[],
): TestBankAccount[] {
  return rows.map(([account, name, fact]) => ({
    ...scheme,
    account,
    paymentMethod: name === null ? null : `${prefix}${name}`,
    outcome: 'succeeds',
    failureCode: null,
    delayed: false,
    mandate: 'active',
    ...fact,
  }));
}

const fails = (failureCode: string, extra: Partial<DebitFact> = {}): Partial<DebitFact> => ({
  outcome: 'fails',
  failureCode,
  ...extra,
});
const delayed = { delayed: true } as const;
const inactive = { mandate: 'inactive' } as const;

const US: Scheme = { type: 'us_bank_account', bank: '110000000', country: 'US', prefix: 'pm_usBankAccount_' };
const UK: Scheme = { type: 'bacs_debit', bank: '108800', country: 'GB', prefix: 'pm_bacsDebit_' };
const AU: Scheme = { type: 'au_becs_debit', bank: '000000', country: 'AU', prefix: 'pm_auBecsDebit_' };

/** United States, ACH. */
export const US_BANK_ACCOUNTS = accounts(US, [
  ['000123456789', 'success'],
  ['000111111113', 'accountClosed', fails('account_closed')],
  ['000000004954', 'riskLevelHighest', { outcome: 'blocked', failureCode: 'blocked' }],
  ['000111111116', 'noAccount', fails('no_account')],
  ['000222222227', 'insufficientFunds', fails('insufficient_funds')],
  ['000333333335', 'debitNotAuthorized', fails('debit_not_authorized')],
  ['000444444440', 'invalidCurrency', fails('invalid_currency')],
  ['000666666661', 'failMicrodeposits', { outcome: 'refused', failureCode: 'payment_method_microdeposit_failed' }],
  ['000555555559', 'dispute', { outcome: 'disputed' }],
  ['000000000009', 'processing', { outcome: 'processing' }],
  ['000777777771', 'weeklyLimitExceeded', fails('charge_exceeds_source_limit')],
  ['000888888885', null, fails('bank_account_unusable')],
]);

/** What answers to a request for microdeposits do. */
export const MICRODEPOSITS = [
  { amounts: [32, 45], descriptorCode: 'SM11AA', effect: 'verified' },
  { amounts: [10, 11], descriptorCode: 'SM33CC', effect: 'too_many_attempts' },
  { amounts: [40, 41], descriptorCode: 'SM44DD', effect: 'timeout' },
] as const;

/** United Kingdom, Bacs. */
export const BACS_ACCOUNTS = accounts(UK, [
  ['00012345', 'success'],
  ['90012345', 'successDelayed', delayed],
  ['33333335', 'debitNotAuthorized', fails('debit_not_authorized', inactive)],
  ['93333335', 'debitNotAuthorizedDelayed', fails('debit_not_authorized', { ...inactive, ...delayed })],
  ['22222227', 'insufficientFunds', fails('insufficient_funds')],
  ['92222227', 'insufficientFundsDelayed', fails('insufficient_funds', delayed)],
  ['55555559', 'dispute', { outcome: 'disputed', ...delayed }],
  ['00033333', 'mandateRefused', { outcome: 'refused', ...inactive }],
  ['00044444', null, { outcome: 'refused', failureCode: 'account_number_invalid' }],
  ['34343434', 'exceedsWeeklyLimit', fails('charge_exceeds_source_limit')],
  ['12121212', 'exceedsTransactionLimit', fails('charge_exceeds_transaction_limit')],
]);

/** Australia, BECS. */
export const BECS_ACCOUNTS = accounts(AU, [
  ['000123456', 'success'],
  ['900123456', 'successDelayed', delayed],
  ['111111113', 'accountClosed', fails('account_closed', inactive)],
  ['111111116', 'noAccount', fails('no_account', inactive)],
  ['222222227', 'referToCustomer', fails('refer_to_customer')],
]);

const MESSAGES: Readonly<Record<string, string>> = {
  account_closed: "The customer's bank account has been closed.",
  account_number_invalid: 'The bank account number provided is invalid.',
  bank_account_unusable: 'The bank account provided can not be used: its tokenized account number was deactivated.',
  blocked: 'Stripe blocked this payment as too risky.',
  charge_exceeds_source_limit:
    'This charge would cause you to exceed your rolling-window processing limit for this source type.',
  charge_exceeds_transaction_limit: 'This charge would exceed your transaction processing limit for this source type.',
  charge_exceeds_weekly_limit: 'This charge would exceed your weekly processing limit for this source type.',
  debit_not_authorized: 'The customer has notified their bank that this payment was unauthorized.',
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  invalid_currency:
    "The bank was unable to process this payment because of its currency. Use the currency of the customer's account.",
  no_account: "The customer's bank account could not be located.",
  payment_intent_mandate_invalid: "The customer's bank refused the mandate.",
  payment_method_microdeposit_failed:
    'Microdeposits could not be sent to the bank account. Check the account number and try again.',
  refer_to_customer: 'The bank declined the debit and asks to contact the customer.',
};

/** What is said of a debit that did not go through; `code` is its failure code, null when the bank gave none. */
export const debitMessage = (code: string | null): string =>
  MESSAGES[code ?? ''] ?? 'The payment failed; the bank gave no further reason.';
