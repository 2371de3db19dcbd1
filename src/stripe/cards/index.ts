export { BRAND_NAMES, type Behaviour, type Brand, type Decline, type DisputeFact, type TestCard } from './card.ts';
export { brandOf, checkCard, fullYear, passesLuhn, type CardDetails, type CardProblem } from './check.ts';
export { DISPUTE_EVIDENCE } from './disputes.ts';
export { TEST_CARDS, cardByNumber, cardByPaymentMethod, cardByToken } from './lookup.ts';
export { declineMessage, declineParam, sellerMessage } from './messages.ts';
export { MICRODEPOSITS, debitMessage, type DebitFact, type TestBankAccount } from './bank-debits.ts';
export { TEST_BANK_ACCOUNTS, bankAccountByNumber, bankAccountByPaymentMethod } from './bank-lookup.ts';
export { ibanParts, isIban } from './sepa.ts';
