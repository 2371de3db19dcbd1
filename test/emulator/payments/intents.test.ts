import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { NOW, sdkFor, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { accepted } from './accepted.ts';

const DAY = 24 * 60 * 60;
const card = { amount: 2000, currency: 'usd' } as const;

test.each([
  [{ off_session: true }, 'off_session'],
  [{ mandate_data: accepted }, 'mandate_data'],
  [{ return_url: 'https://example.com' }, 'return_url'],
  [{ payment_method: 'pm_card_visa', excluded_payment_method_types: ['card'] }, 'payment_method'],
  [{ confirmation_token: 'ctoken_1' }, 'confirmation_token'],
  [{ payment_method: 'pm_card_visa', allowed_payment_method_types: ['sepa_debit'] }, 'payment_method'],
] as [Partial<Stripe.PaymentIntentCreateParams>, string][])(
  '%j is refused, and nothing is made',
  async (more, param) => {
    const { stripe, ...open } = start();
    const before = dump(open);
    expect(await refusal(stripe.paymentIntents.create({ ...card, ...more }))).toMatchObject({
      statusCode: param === 'confirmation_token' ? 501 : 400,
      param,
    });
    expect(dump(open)).toBe(before);
  },
);

test('a payment method is given, taken away, and given again', async () => {
  const { stripe } = start();
  const { id } = await stripe.paymentIntents.create({ ...card, payment_method: 'pm_card_visa' });
  const without = await stripe.paymentIntents.update(id, { payment_method: '' });
  expect(without).toMatchObject({ status: 'requires_payment_method', payment_method: null });
  const named = { type: 'card' as const, card: { token: 'tok_mastercard' }, billing_details: { name: 'Jenny' } };
  const paid = await stripe.paymentIntents.confirm(id, { payment_method_data: named, expand: ['latest_charge'] });
  expect(paid).toMatchObject({ status: 'succeeded', latest_charge: { billing_details: { name: 'Jenny' } } });
});

test('the merchant may ask for 3-D Secure of a card whose bank would not', async () => {
  const { stripe } = start();
  const pay = (payment_method: string, request_three_d_secure: 'any' | 'automatic') =>
    stripe.paymentIntents.create({
      ...card,
      payment_method,
      confirm: true,
      payment_method_options: { card: { request_three_d_secure } },
    });
  expect((await pay('pm_card_threeDSecureOptional', 'any')).status).toBe('requires_action');
  expect((await pay('pm_card_threeDSecureOptional', 'automatic')).status).toBe('succeeded');
  expect((await pay('pm_card_amex_threeDSecureNotSupported', 'any')).status).toBe('succeeded');
});

test('what the customer agreed to is on record, for a card, too', async () => {
  const { stripe } = start();
  const intent = await stripe.paymentIntents.create({
    ...card,
    payment_method: 'pm_card_visa',
    mandate_data: { customer_acceptance: { type: 'offline', accepted_at: NOW - DAY } },
    confirm: true,
    expand: ['latest_charge'],
  });
  const { mandate } = (intent.latest_charge as Stripe.Charge).payment_method_details!.card!;
  expect(await stripe.mandates.retrieve(mandate as string)).toMatchObject({
    type: 'single_use',
    single_use: { amount: 2000, currency: 'usd' },
    customer_acceptance: { type: 'offline', accepted_at: NOW - DAY },
  });
});

describe('while a debit is under way', () => {
  const debit = async (more: Partial<Stripe.PaymentIntentCreateParams> = {}) => {
    const open = start();
    const intent = await open.stripe.paymentIntents.create({
      ...card,
      payment_method: 'pm_usBankAccount_processing',
      allowed_payment_method_types: ['us_bank_account'],
      mandate_data: accepted,
      confirm: true,
      ...more,
    });
    return { ...open, intent };
  };

  test('it can be neither changed, confirmed, cancelled, captured nor refunded', async () => {
    const { stripe, intent, ...open } = await debit();
    const { id } = intent;
    const before = dump(open);
    for (const call of [
      () => stripe.paymentIntents.update(id, { amount: 100 }),
      () => stripe.paymentIntents.confirm(id),
      () => stripe.paymentIntents.cancel(id),
      () => stripe.paymentIntents.capture(id),
      () => stripe.refunds.create({ payment_intent: id }),
    ])
      expect((await refusal(call())).statusCode).toBe(400);
    expect(dump(open)).toBe(before);
    await open.time.advance(NOW + 365 * DAY);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
  });

  test('an account given by its numbers is verified first, and only then debited', async () => {
    const { stripe, intent, world, time } = await debit({
      payment_method: undefined as never,
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
        billing_details: { name: 'Jenny Rosen' },
      },
    });
    expect(intent).toMatchObject({ status: 'requires_action', latest_charge: null });
    const verified = await stripe.paymentIntents.verifyMicrodeposits(intent.id, { descriptor_code: 'SM11AA' });
    expect(verified.status).toBe('processing');
    await time.advance(NOW + 11 * DAY);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect(typesOf(world)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });
});

test('a browser sees an intent by its secret only', async () => {
  const { stripe, emulator } = start();
  const { id, client_secret } = await stripe.paymentIntents.create(card);
  const browser = sdkFor(emulator, 'pk_test_world');
  expect((await browser.paymentIntents.retrieve(id, { client_secret: client_secret! })).id).toBe(id);
  const other = `${id}_secret_other`;
  expect(await refusal(browser.paymentIntents.retrieve(id, { client_secret: other }))).toMatchObject({
    statusCode: 400,
  });
  expect((await browser.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).status).toBe('succeeded');
});
