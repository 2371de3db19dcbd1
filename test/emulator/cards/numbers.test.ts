import { describe, expect, test } from 'vitest';
import { TEST_CARDS } from '../../../src/stripe/cards/index.ts';
import { start } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const good = { number: '4242424242424242', exp_month: 12, exp_year: 2030, cvc: '123' };
type Card = { number: string; exp_month: number; exp_year: number; cvc: string };

/** The two ways in which a number reaches Stripe. */
const ways = {
  'tokens.create': (stripe: ReturnType<typeof start>['stripe'], card: Card) =>
    stripe.tokens.create({ card: { ...card, exp_month: String(card.exp_month), exp_year: String(card.exp_year) } }),
  'paymentMethods.create': (stripe: ReturnType<typeof start>['stripe'], card: Card) =>
    stripe.paymentMethods.create({ type: 'card', card }),
  'sources.create': (stripe: ReturnType<typeof start>['stripe'], card: Card) =>
    stripe.sources.create({ type: 'card', card } as never),
  'an intent': (stripe: ReturnType<typeof start>['stripe'], card: Card) =>
    stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method_data: { type: 'card', card } as never,
      confirm: true,
    }),
};

describe.each(Object.entries(ways))('%s', (_, way) => {
  test.each<[string, Partial<Card>, string, string, string?]>([
    ['a number that fails the Luhn check', { number: '4242424242424241' }, 'incorrect_number', 'number'],
    ['a number that is too short', { number: '4242' }, 'invalid_number', 'number'],
    ['no digits at all', { number: 'four two four two' }, 'invalid_number', 'number'],
    ['month 13', { exp_month: 13 }, 'invalid_expiry_month', 'exp_month'],
    ['last month', { exp_month: 10, exp_year: 2026 }, 'invalid_expiry_month', 'exp_month'],
    ['last year', { exp_year: 2025 }, 'invalid_expiry_year', 'exp_year'],
    ['the year 95', { exp_year: 95 }, 'invalid_expiry_year', 'exp_year'],
    ['a code of two digits', { cvc: '99' }, 'invalid_cvc', 'cvc'],
    ['a code of four digits on a Visa', { cvc: '1234' }, 'invalid_cvc', 'cvc'],
    // A valid number that is nobody's, made for this test.
    ['a number that could be real', { number: '4539578763621486' }, 'card_declined', 'number', 'test_mode_live_card'],
  ])('%s is refused before anything exists', async (_, wrong, code, param, declineCode) => {
    const { stripe, ...open } = start();
    const before = dump(open);
    const error = await refusal(way(stripe, { ...good, ...wrong }));
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, param });
    expect(error.raw['decline_code']).toBe(declineCode);
    expect(dump(open)).toBe(before);
  });

  test('a number that could be real appears nowhere afterwards', async () => {
    const { stripe, ...open } = start();
    for (const number of ['4539578763621486', '4539-5787-6362-1486']) {
      const error = await refusal(way(stripe, { ...good, number }));
      const everywhere = `${JSON.stringify(error.raw)} ${error.message} ${dump(open)}`;
      for (const part of ['4539578763621486', '4539-5787', '87636214']) expect(everywhere).not.toContain(part);
    }
  });

  test('this month still counts, and a year may have two digits', async () => {
    const { stripe } = start();
    expect(await way(stripe, { ...good, exp_month: 11, exp_year: 2026 })).toBeTruthy();
    expect(await way(stripe, { ...good, exp_year: 31 })).toBeTruthy();
  });
});

test('every test number makes a token of its card; no number is in any answer', async () => {
  const { stripe, world } = start();
  for (const { number, last4, country, funding, brand } of TEST_CARDS) {
    const cvc = brand === 'amex' ? '1234' : '123';
    const { card } = await stripe.tokens.create({ card: { number, exp_month: '12', exp_year: '2030', cvc } });
    expect(card).toMatchObject({
      last4,
      country,
      funding,
      exp_month: 12,
      exp_year: 2030,
      cvc_check: expect.any(String),
    });
    expect(JSON.stringify(card)).not.toContain(number);
  }
  expect(world.log.all).toEqual([]);
});

test('one number has one fingerprint, whatever stands for it', async () => {
  const { stripe } = start();
  const { card } = await stripe.tokens.create({ card: { ...good, exp_month: '12', exp_year: '2030' } });
  const method = await stripe.paymentMethods.create({ type: 'card', card: good });
  const customer = await stripe.customers.create({ source: 'tok_visa', expand: ['default_source'] });
  expect(method.card!.fingerprint).toBe(card!.fingerprint);
  expect(customer.default_source).toMatchObject({ fingerprint: card!.fingerprint });
  const other = await stripe.paymentMethods.create({ type: 'card', card: { ...good, number: '5555555555554444' } });
  expect(other.card!.fingerprint).not.toBe(card!.fingerprint);
});

test('a token can be spent once; a ready-made one as often as anyone likes', async () => {
  const { stripe } = start();
  const { id } = await stripe.tokens.create({ card: { ...good, exp_month: '12', exp_year: '2030' } });
  const charge = (source: string) => stripe.charges.create({ amount: 500, currency: 'usd', source });
  await charge(id);
  expect(await stripe.tokens.retrieve(id)).toMatchObject({ used: true });
  expect(await refusal(charge(id))).toMatchObject({ code: 'token_already_used', param: 'source' });
  await charge('tok_visa');
  await charge('tok_visa');
});

test.each([
  ['4000000000000101', { cvc_check: 'fail' }],
  ['4000000000000036', { address_zip_check: 'fail' }],
  ['4000000000000028', { address_line1_check: 'fail' }],
  ['4000000000000044', { address_line1_check: 'unavailable', address_zip_check: 'unavailable' }],
  ['4242424242424242', { cvc_check: 'pass', address_line1_check: 'pass', address_zip_check: 'pass' }],
])('%s: the checks of what was sent', async (number, checks) => {
  const { stripe } = start();
  const address = { address_line1: '1 Main Street', address_zip: '94103' };
  const given = { number, exp_month: '12', exp_year: '2030', cvc: '123' };
  expect((await stripe.tokens.create({ card: { ...given, ...address } })).card).toMatchObject(checks);
  const { cvc: _, ...without } = given;
  const bare = { cvc_check: null, address_line1_check: null, address_zip_check: null };
  expect((await stripe.tokens.create({ card: without })).card).toMatchObject(bare);
});

test('a wrong code can only be found where one was sent', async () => {
  const { stripe } = start();
  const card = { number: '4000000000000127', exp_month: '12', exp_year: '2030' };
  const pay = async (details: typeof card & { cvc?: string }) => {
    const { id } = await stripe.tokens.create({ card: details });
    return stripe.charges.create({ amount: 500, currency: 'usd', source: id });
  };
  expect(await refusal(pay({ ...card, cvc: '123' }))).toMatchObject({ code: 'incorrect_cvc', param: 'cvc' });
  expect((await pay(card)).status).toBe('succeeded');
});
