import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { NOW, sdkFor, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { accepted } from './accepted.ts';

const DAY = 24 * 60 * 60;

const open = async () => {
  const world = start();
  const { id: customer } = await world.stripe.customers.create({ email: 'jenny@example.com' });
  const setUp = (payment_method: string, more: Partial<Stripe.SetupIntentCreateParams> = {}) =>
    world.stripe.setupIntents.create({ customer, payment_method, confirm: true, ...more });
  return { ...world, customer, setUp, told: () => typesOf(world.world).slice(1) };
};

test('walks from nothing to a saved card, step by step', async () => {
  const { stripe, customer, told } = await open();
  const intent = await stripe.setupIntents.create({ customer, description: 'for later' });
  expect(intent).toMatchObject({ status: 'requires_payment_method', usage: 'off_session', latest_attempt: null });
  expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_`));
  expect((await refusal(stripe.setupIntents.confirm(intent.id))).message).toContain('missing a payment method');
  const given = await stripe.setupIntents.update(intent.id, { payment_method: 'pm_card_visa', metadata: { a: '1' } });
  expect(given).toMatchObject({ status: 'requires_confirmation', metadata: { a: '1' } });
  const done = await stripe.setupIntents.confirm(intent.id, { expand: ['latest_attempt', 'payment_method'] });
  expect(done).toMatchObject({
    status: 'succeeded',
    payment_method: { customer },
    latest_attempt: { status: 'succeeded', setup_error: null, payment_method_details: { card: { last4: '4242' } } },
  });
  expect(told()).toEqual(['setup_intent.created', 'payment_method.attached', 'setup_intent.succeeded']);
  expect(await refusal(stripe.setupIntents.cancel(intent.id))).toMatchObject({ code: 'setup_intent_unexpected_state' });
});

test('without a customer the card is set up and belongs to nobody', async () => {
  const { stripe, setUp, told } = await open();
  const { payment_method } = await setUp('pm_card_visa', { customer: undefined as never });
  expect((await stripe.paymentMethods.retrieve(payment_method as string)).customer).toBeNull();
  expect(told()).toEqual(['setup_intent.created', 'setup_intent.succeeded']);
});

describe('a refusal', () => {
  test('is answered with 402, kept, and the same for the same key', async () => {
    const { stripe, customer, told, ...rest } = await open();
    const call = () =>
      stripe.setupIntents.create(
        { customer, payment_method: 'pm_card_chargeDeclinedInsufficientFunds', confirm: true },
        { idempotencyKey: 'once' },
      );
    const error = await refusal(call());
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', decline_code: 'insufficient_funds' });
    const { id } = error.raw['setup_intent'] as { id: string };
    const kept = await stripe.setupIntents.retrieve(id, { expand: ['latest_attempt'] });
    expect(kept).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { code: 'card_declined', payment_method: { object: 'payment_method' } },
      latest_attempt: { status: 'failed', setup_error: { code: 'card_declined' } },
    });
    const before = dump(rest);
    const again = await refusal(call());
    expect(again.raw['setup_intent']).toEqual(error.raw['setup_intent']);
    expect(dump(rest)).toBe(before);
    // Another card may be tried; both attempts are on record, newest first.
    await stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' });
    const { data } = await stripe.setupAttempts.list({ setup_intent: id });
    expect(data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(told()).toEqual([
      'setup_intent.created',
      'setup_intent.setup_failed',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
  });

  test('cannot come from the card that only fails when it is charged', async () => {
    const { setUp } = await open();
    expect((await setUp('pm_card_chargeCustomerFail')).status).toBe('succeeded');
  });
});

describe('3-D Secure', () => {
  test.each(['succeed', 'fail'] as const)('%s', async (outcome) => {
    const { stripe, setUp, act, told } = await open();
    const { id, next_action } = await setUp('pm_card_authenticationRequired', { return_url: 'https://example.com' });
    expect(next_action).toMatchObject({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: 'https://example.com' },
    });
    act({ action: 'authenticate', setup_intent: id, outcome });
    const now = await stripe.setupIntents.retrieve(id, { expand: ['latest_attempt'] });
    if (outcome === 'succeed') {
      expect(now).toMatchObject({ status: 'succeeded', next_action: null });
      expect(now).toHaveProperty('latest_attempt.payment_method_details.card.three_d_secure.result', 'authenticated');
    } else {
      expect(now).toMatchObject({ last_setup_error: { code: 'setup_intent_authentication_failure' } });
      expect(now).toHaveProperty('latest_attempt.status', 'failed');
    }
    expect(told()).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      ...(outcome === 'succeed'
        ? ['payment_method.attached', 'setup_intent.succeeded']
        : ['setup_intent.setup_failed']),
    ]);
    expect(() => act({ action: 'authenticate', setup_intent: id, outcome })).toThrow('nobody was asked');
  });

  test('passed once for off-session use, it is not asked for again; for on-session use only, it is', async () => {
    const { stripe, customer, setUp, act } = await open();
    const charge = (payment_method: string) =>
      stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        customer,
        payment_method,
        confirm: true,
        off_session: true,
      });
    const saved = async (usage: 'off_session' | 'on_session') => {
      const { id, payment_method } = await setUp('pm_card_authenticationRequiredOnSetup', { usage });
      act({ action: 'authenticate', setup_intent: id, outcome: 'succeed' });
      return payment_method as string;
    };
    expect((await charge(await saved('off_session'))).status).toBe('succeeded');
    const error = await refusal(charge(await saved('on_session')));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });
});

describe('a bank account', () => {
  const details: Partial<Stripe.SetupIntentCreateParams> = {
    allowed_payment_method_types: ['us_bank_account'],
    mandate_data: accepted,
    confirm: true,
    payment_method_data: {
      type: 'us_bank_account',
      us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
      billing_details: { name: 'Jenny Rosen' },
    },
  };
  const waiting = async () => {
    const world = await open();
    const intent = await world.stripe.setupIntents.create({ customer: world.customer, ...details });
    const verify = (answer: Stripe.SetupIntentVerifyMicrodepositsParams) =>
      world.stripe.setupIntents.verifyMicrodeposits(intent.id, answer);
    return { ...world, intent, verify };
  };

  test('is verified by what arrives on it, and then carries a mandate', async () => {
    const { stripe, intent, verify, customer } = await waiting();
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'verify_with_microdeposits' } });
    const wrong = await refusal(verify({ amounts: [1, 2] }));
    expect(wrong).toMatchObject({
      statusCode: 400,
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
      message: expect.stringContaining('9 verification attempts'),
    });
    const done = await verify({ amounts: [45, 32] });
    expect(done.status).toBe('succeeded');
    expect(await stripe.mandates.retrieve(done.mandate as string)).toMatchObject({
      status: 'active',
      type: 'multi_use',
      payment_method: done.payment_method,
      customer_acceptance: { type: 'online', accepted_at: NOW },
    });
    // From now on it can be debited without asking anybody.
    const paid = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer,
      payment_method: done.payment_method as string,
      allowed_payment_method_types: ['us_bank_account'],
      confirm: true,
      off_session: true,
    });
    expect(paid.status).toBe('processing');
  });

  test.each([
    [{ descriptor_code: 'SM33CC' }, 'payment_method_microdeposit_verification_attempts_exceeded'],
    [{ amounts: [40, 41] }, 'payment_method_microdeposit_verification_timeout'],
  ])('%j ends it', async (answer, code) => {
    const { stripe, intent, verify } = await waiting();
    expect(await refusal(verify(answer))).toMatchObject({ code });
    expect(await stripe.setupIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code },
    });
    expect(await refusal(verify({ amounts: [32, 45] }))).toMatchObject({ code: 'setup_intent_unexpected_state' });
  });

  test('ten wrong answers are too many, and ten days are too long', async () => {
    const guessed = await waiting();
    for (let i = 0; i < 9; i++) await refusal(guessed.verify({ descriptor_code: 'SM00XX' }));
    expect(await refusal(guessed.verify({ descriptor_code: 'SM00XX' }))).toMatchObject({
      code: 'payment_method_microdeposit_verification_attempts_exceeded',
    });
    const { stripe, intent, time } = await waiting();
    await time.advance(NOW + 10 * DAY - 1);
    expect((await stripe.setupIntents.retrieve(intent.id)).status).toBe('requires_action');
    await time.advance(NOW + 10 * DAY);
    expect((await stripe.setupIntents.retrieve(intent.id)).last_setup_error).toMatchObject({
      code: 'payment_method_microdeposit_verification_timeout',
    });
  });

  test('needs the customer’s consent', async () => {
    const { stripe, world, queue } = await open();
    const before = dump({ world, queue });
    const { mandate_data: _, ...without } = details;
    expect(await refusal(stripe.setupIntents.create(without as Stripe.SetupIntentCreateParams))).toMatchObject({
      code: 'payment_intent_mandate_invalid',
      param: 'mandate_data',
    });
    expect(dump({ world, queue })).toBe(before);
  });
});

test('a browser sees an intent by its secret and confirms it', async () => {
  const { stripe, emulator, customer } = await open();
  const { id, client_secret } = await stripe.setupIntents.create({ customer });
  const browser = sdkFor(emulator, 'pk_test_world');
  expect((await browser.setupIntents.retrieve(id, { client_secret: client_secret! })).id).toBe(id);
  expect(await refusal(browser.setupIntents.retrieve(id, { client_secret: 'seti_other' }))).toMatchObject({
    param: 'client_secret',
  });
  expect((await browser.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })).status).toBe('succeeded');
  expect(await refusal(browser.setupIntents.cancel(id))).toMatchObject({ statusCode: 403 });
});
