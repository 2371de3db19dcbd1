import { expect, test } from 'vitest';
import {
  DISPUTE_EVIDENCE,
  TEST_BANK_ACCOUNTS,
  TEST_CARDS,
  bankAccountByNumber,
  bankAccountByPaymentMethod,
  brandOf,
  cardByNumber,
  cardByPaymentMethod,
  cardByToken,
  checkCard,
  declineMessage,
  declineParam,
  isIban,
  passesLuhn,
  sellerMessage,
} from '../../src/stripe/cards/index.ts';

const now = { year: 2026, month: 11 };
const good = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123' };

test('every card has a number of its own, right by Luhn and of the brand it says', () => {
  expect(new Set(TEST_CARDS.map((card) => card.number)).size).toBe(TEST_CARDS.length);
  for (const card of TEST_CARDS) {
    expect(passesLuhn(card.number), card.number).toBe(true);
    expect(brandOf(card.number), card.number).toBe(card.brand);
    expect(checkCard({ ...good, number: card.number }, now), card.number).toBe(card);
  }
});

test('every name stands for one card, as a payment method and, unless it has none, as a token', () => {
  const names = TEST_CARDS.flatMap((card) => card.names);
  expect(new Set(names).size).toBe(names.length);
  for (const card of TEST_CARDS)
    for (const name of card.names) {
      expect(cardByPaymentMethod(`pm_card_${name}`), name).toBe(card);
      expect(cardByToken(`tok_${name}`), name).toBe(card.hasTokens ? card : undefined);
    }
});

test('the 46 countries each have a card', () => {
  const byCode = TEST_CARDS.filter((card) => card.names.some((name) => /^[a-z]{2}$/.test(name)));
  expect(byCode).toHaveLength(46);
  for (const card of byCode) expect(card.names).toContain(card.country.toLowerCase());
});

test.for([
  ['tok_chargeDeclined', '4000000000000002'],
  ['tok_visa_chargeDeclined', '4000000000000002'],
  ['tok_chargeDeclinedInsufficientFunds', '4000000000009995'],
  ['tok_visa_chargeDeclinedExpiredCard', '4000000000000069'],
  ['tok_chargeDeclinedFraudulent', '4100000000000019'],
  ['tok_cvcCheckFail', '4000000000000101'],
  ['tok_us', '4242424242424242'],
  ['tok_amex_threeDSecureNotSupported', '378282246310005'],
] as const)('%s, older spellings included, is %s', ([token, number]) => {
  expect(cardByToken(token)?.number).toBe(number);
  expect(cardByPaymentMethod(token.replace('tok_', 'pm_card_'))?.number).toBe(number);
});

test('what is no such token is none', () => {
  expect(['visa', 'tok_', 'tok_nonesuch', 'pm_card_visa', 'tok_authenticationRequired'].map(cardByToken)).toEqual(
    Array.from({ length: 5 }),
  );
  expect(cardByPaymentMethod('tok_visa')).toBeUndefined();
});

test('behaviour is what the testing page says of a card of each kind', () => {
  const facts = (number: string) => cardByNumber(number)!;
  expect(facts('4000000000009995')).toMatchObject({
    declines: { declineCode: 'insufficient_funds' },
    attachable: false,
  });
  expect(facts('4000 0000 0000-0341')).toBe(facts('4000000000000341'));
  expect(facts('4000000000000341').declines?.code).toBe('card_declined');
  expect(facts('4000000000000341').attachable).toBeUndefined();
  expect(facts('4000000000000127').declines).toMatchObject({ code: 'incorrect_cvc', onlyWithCvc: true });
  expect(facts('4000000000001976').dispute).toEqual({ reason: 'fraudulent', inquiry: true });
  expect(facts('4000000404000079').dispute?.count).toBe(2);
  expect(facts('4000000000005423').earlyFraudWarning).toBe(true);
  expect(facts('4000000000007726').refund).toBe('pending');
  expect(facts('4000000000005126').refund).toBe('fails');
  expect(facts('4000003720000278')).toMatchObject({ bypassPending: true, country: 'IE' });
  expect(facts('4000008260003178')).toMatchObject({
    threeDSecure: { asks: 'always' },
    declines: { declineCode: 'insufficient_funds', afterAuthentication: true },
  });
  expect(facts('4000058400306072')).toMatchObject({ radar: 'elevated', checks: { postalCode: 'fail' } });
  expect(facts('5105105105105100')).toMatchObject({ brand: 'mastercard', funding: 'prepaid', last4: '5100' });
  expect(Object.keys(DISPUTE_EVIDENCE)).toEqual(['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence']);
});

test.for([
  [{}, undefined],
  [{ number: '4242 4242-4242 4242' }, undefined],
  [{ cvc: undefined }, undefined],
  [{ expYear: 30 }, undefined],
  [{ expMonth: 11, expYear: 2026 }, undefined],
  [{ number: '4242424242424241' }, 'incorrect_number'],
  [{ number: '42424242' }, 'invalid_number'],
  [{ number: '4242-4242-oops' }, 'invalid_number'],
  [{ expMonth: 13 }, 'invalid_expiry_month'],
  [{ expMonth: 0 }, 'invalid_expiry_month'],
  [{ expMonth: 10, expYear: 2026 }, 'invalid_expiry_month'],
  [{ expYear: 2025 }, 'invalid_expiry_year'],
  [{ expYear: 95 }, 'invalid_expiry_year'],
  [{ cvc: '99' }, 'invalid_cvc'],
  [{ cvc: '1234' }, 'invalid_cvc'],
  [{ number: '378282246310005', cvc: '1234' }, undefined],
  [{ number: '4111111111111111' }, 'card_declined'],
] as const)('details %j give %s', ([change, code]) => {
  const result = checkCard({ ...good, ...change }, now);
  expect('code' in result ? result.code : undefined).toBe(code);
});

test('a number that could be real is refused without being repeated', () => {
  const result = checkCard({ ...good, number: '4111111111111111' }, now);
  expect(result).toMatchObject({ declineCode: 'test_mode_live_card' });
  expect(JSON.stringify(result)).not.toContain('4111');
});

test('declines are worded as Stripe words them, and every declining card has wording', () => {
  const wording = (number: string) => {
    const decline = cardByNumber(number)!.declines!;
    return [declineMessage(decline), declineParam(decline), sellerMessage(decline)];
  };
  expect(wording('4000000000000002')).toEqual([
    'Your card was declined.',
    null,
    'The bank did not return any further details with this decline.',
  ]);
  expect(wording('4000000000009995')).toEqual([
    'Your card has insufficient funds.',
    null,
    'The bank returned the decline code `insufficient_funds`.',
  ]);
  expect(wording('4000000000000069').slice(0, 2)).toEqual(['Your card has expired.', 'exp_month']);
  expect(wording('4000000000000127').slice(0, 2)).toEqual(["Your card's security code is incorrect.", 'cvc']);
  // Telling the payer that the card is lost or stolen would tell the thief.
  expect(wording('4000000000009987')[0]).toBe('Your card was declined.');
  for (const { declines } of TEST_CARDS) if (declines) expect(declineMessage(declines)).toMatch(/\.$/);
});

test('bank accounts are found by number and by payment method', () => {
  for (const entry of TEST_BANK_ACCOUNTS) {
    expect(bankAccountByNumber(entry.type, entry.account)).toBe(entry);
    if (entry.paymentMethod) expect(bankAccountByPaymentMethod(entry.paymentMethod)).toBe(entry);
  }
  expect(bankAccountByNumber('sepa_debit', 'de89 3704 0044 0532 0130 00')?.paymentMethod).toBe(
    'pm_sepaDebit_success_de',
  );
  expect(bankAccountByNumber('us_bank_account', 'DE89370400440532013000')).toBeUndefined();
  expect(bankAccountByPaymentMethod('pm_bacsDebit_debitNotAuthorizedDelayed')).toMatchObject({
    outcome: 'fails',
    failureCode: 'debit_not_authorized',
    delayed: true,
    mandate: 'inactive',
  });
});

test('SEPA: eleven countries of eight accounts, with the check digits Stripe prints', () => {
  const sepa = TEST_BANK_ACCOUNTS.filter((entry) => entry.type === 'sepa_debit');
  expect(sepa).toHaveLength(88);
  for (const { account } of sepa) expect(isIban(account), account).toBe(true);
  expect(isIban('DE89370400440532013001')).toBe(false);
  // One of each shape, copied from Stripe's page rather than computed.
  expect(bankAccountByPaymentMethod('pm_sepaDebit_failed_es')?.account).toBe('ES9121000418450200051332');
  expect(bankAccountByPaymentMethod('pm_sepaDebit_exceedsWeeklyVolumeLimit_gb')?.account).toBe(
    'GB70WEST12345600343434',
  );
  expect(bankAccountByPaymentMethod('pm_sepaDebit_exceedsWeeklyTransactionLimit_fi')?.account).toBe(
    'FI2912345600121212',
  );
  expect(bankAccountByPaymentMethod('pm_sepaDebit_insufficientFunds_ch')).toMatchObject({
    account: 'CH1800762000002222227',
    failureCode: 'insufficient_funds',
  });
});
