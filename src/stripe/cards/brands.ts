import { card } from './card.ts';

const amex = 'amex';
const diners = 'diners';
const discover = 'discover';
const mastercard = 'mastercard';
const unionpay = 'unionpay';

/** Cards that simply succeed, one or more of each brand. */
export const BRAND_CARDS = [
  card('4242424242424242', ['visa', 'us']),
  card('4000056655665556', 'visa_debit', { funding: 'debit' }),
  card('5555555555554444', 'mastercard', { brand: mastercard }),
  card('2223003122003222', [], { brand: mastercard }),
  card('5200828282828210', 'mastercard_debit', { brand: mastercard, funding: 'debit' }),
  card('5105105105105100', 'mastercard_prepaid', { brand: mastercard, funding: 'prepaid' }),
  card('378282246310005', ['amex', 'amex_threeDSecureNotSupported'], {
    brand: amex,
    threeDSecure: { asks: 'never', supported: false },
  }),
  card('371449635398431', [], { brand: amex }),
  card('6011111111111117', 'discover', { brand: discover }),
  card('6011000990139424', [], { brand: discover }),
  card('6011981111111113', [], { brand: discover, funding: 'debit' }),
  card('3056930009020004', 'diners', { brand: diners }),
  card('36227206271667', [], { brand: diners }),
  // BCcard and DinaCard run on Discover's network.
  card('6555900000604105', [], { brand: discover }),
  card('3566002020360505', 'jcb', { brand: 'jcb', country: 'JP' }),
  card('6200000000000005', 'unionpay', { brand: unionpay, country: 'CN' }),
  card('6200000000000047', [], { brand: unionpay, country: 'CN', funding: 'debit' }),
  card('6205500000000000004', [], { brand: unionpay, country: 'CN' }),
  card('4000002500001001', 'visa_cartesBancaires', { country: 'FR', networks: ['cartes_bancaires', 'visa'] }),
  card('5555552500001001', 'mastercard_cartesBancaires', {
    brand: mastercard,
    country: 'FR',
    networks: ['cartes_bancaires', 'mastercard'],
  }),
  // Numbers from older editions of Stripe's testing page, still accepted and still in many test suites.
  card('4012888888881881', []),
  card('4000000000000093', []),
  card('30569309025904', [], { brand: diners }),
  card('38520000023237', [], { brand: diners }),
  card('3530111333300000', [], { brand: 'jcb', country: 'JP' }),
];
