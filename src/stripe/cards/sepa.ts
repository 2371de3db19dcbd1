import type { DebitFact, TestBankAccount } from './bank-debits.ts';

/** What the eight accounts of each country do, by the middle part of `pm_sepaDebit_…_de`. */
const OUTCOMES: readonly (readonly [name: string, fact: Partial<DebitFact>])[] = [
  ['success', {}],
  ['successDelayed', { delayed: true }],
  ['failed', { outcome: 'fails' }],
  ['failedDelayed', { outcome: 'fails', delayed: true }],
  ['disputed', { outcome: 'disputed' }],
  ['exceedsWeeklyVolumeLimit', { outcome: 'fails', failureCode: 'charge_exceeds_source_limit' }],
  ['exceedsWeeklyTransactionLimit', { outcome: 'fails', failureCode: 'charge_exceeds_weekly_limit' }],
  ['insufficientFunds', { outcome: 'fails', failureCode: 'insufficient_funds' }],
];

// Account numbers without country and check digits, which follow from them: the first five of the outcomes, then what
// stands before 343434 and 121212 in the next two and, less its last digit, before 2222227 in the last.
const ACCOUNTS: Readonly<Record<string, string>> = {
  AT: '1904300234573201 1904300235473204 1904300235473202 1904300235473205 1904300235473203 1904300000',
  BE: '510007547061 510007547064 539007547034 510007547065 510007547063 510000',
  CH: '00762011623852957 56663438253651553 62200119938136497 43597160341964438 60378413965193069 00762000000',
  DE: '370400440532013000 370400440532013003 370400440532013001 370400440532013004 370400440532013002 370400440000',
  ES: '00120345030000067890 00120345030000067893 21000418450200051332 00120345030000067894 00120345030000067892 00120345000000',
  FI: '12345600000785 12345600000788 12345600000786 12345600000789 12345600000787 12345600',
  FR: '20041010050500013M02606 20041010050500013M02609 20041010050500013M02607 20041010050500013M02600 20041010050500013M02608 20041010050000000',
  GB: 'WEST12345698765432 WEST12345698765435 WEST12345698765433 WEST12345698765436 WEST12345698765434 WEST12345600',
  IE: 'AIBK93115212345678 AIBK93115212345671 AIBK93115212345679 AIBK93115212345672 AIBK93115212345670 AIBK93115200',
  NL: 'RABO0300065264 RABO0300065267 ABNA0417164300 RABO0300065268 RABO0300065266 RABO0000',
  PT: '000201231234567890154 000201231234567890157 000201231234567890155 000201231234567890158 000201231234567890156 000201230000000',
};

/** The ISO 7064 check digits of an IBAN: the country goes behind the account, letters count from ten, modulo 97. */
export function ibanCheckDigits(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((letter) => Number.parseInt(letter, 36)).join('');
  return String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
}

/** Whether an IBAN's check digits are right. */
export const isIban = (iban: string): boolean =>
  /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(iban) && ibanCheckDigits(iban.slice(0, 2), iban.slice(4)) === iban.slice(2, 4);

// How many characters after the check digits name the bank, and then the branch (the IBAN registry, ISO 13616).
const PARTS: Readonly<Record<string, readonly [bank: number, branch: number]>> = {
  AT: [5, 0], BE: [3, 0], CH: [5, 0], DE: [8, 0], ES: [4, 4], FI: [3, 0], FR: [5, 5], GB: [4, 6], IE: [4, 6], NL: [4, 0], PT: [4, 4],
}; // prettier-ignore

/** The bank and the branch that an IBAN names; null where its country's have no such part. */
export function ibanParts(iban: string): { bank: string | null; branch: string | null } {
  const [bank, branch] = PARTS[iban.slice(0, 2)] ?? [0, 0];
  return { bank: iban.slice(4, 4 + bank) || null, branch: iban.slice(4 + bank, 4 + bank + branch) || null };
}

/** The SEPA accounts that exist in test mode, eight for each country. */
export const SEPA_ACCOUNTS: readonly TestBankAccount[] = Object.entries(ACCOUNTS).flatMap(([country, line]) => {
  const [stem = '', ...irregular] = line.split(' ').toReversed();
  const numbers = [...irregular.toReversed(), `${stem}343434`, `${stem}121212`, `${stem.slice(0, -1)}2222227`];
  return OUTCOMES.map(([name, fact], index) => ({
    type: 'sepa_debit',
    bank: null,
    account: `${country}${ibanCheckDigits(country, numbers[index]!)}${numbers[index]!}`,
    country,
    paymentMethod: `pm_sepaDebit_${name}_${country.toLowerCase()}`,
    outcome: 'succeeds',
    failureCode: null,
    delayed: false,
    mandate: 'active',
    ...fact,
  }));
});
