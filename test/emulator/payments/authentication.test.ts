import { describe, expect, test } from 'vitest';
import { control } from '../http.ts';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const asked = async (extra = {}) => {
  const open = start();
  const intent = await open.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    ...extra,
  });
  return { ...open, intent, id: intent.id };
};

describe('3-D Secure', () => {
  test('asks the customer, by redirect or through Stripe.js', async () => {
    const { intent } = await asked();
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
      latest_charge: null,
    });
    const redirected = await asked({ return_url: 'https://example.com/back' });
    expect(redirected.intent.next_action).toMatchObject({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: 'https://example.com/back' },
    });
  });

  test('passed: paid, and the charge says that it was authenticated', async () => {
    const { stripe, world, time, emulator, id } = await asked();
    const body = { action: 'authenticate', payment_intent: id, outcome: 'succeed' };
    const { status, body: intent } = await control(emulator, 'POST /act', body);
    expect(status).toBe(200);
    expect(intent).toMatchObject({ id, status: 'succeeded', next_action: null, amount_received: 2000 });
    const charge = await stripe.charges.retrieve(intent['latest_charge'] as string);
    expect(charge).toHaveProperty('payment_method_details.card.three_d_secure.result', 'authenticated');
    await time.advance(NOW + 5);
    expect(typesOf(world)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
    expect(world.log.all[2]!.event['request']).toEqual({ id: null, idempotency_key: null });
  });

  test('failed: no charge was ever made, and another card may be tried', async () => {
    const { stripe, world, act, id } = await asked();
    act({ action: 'authenticate', payment_intent: id, outcome: 'fail' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      next_action: null,
      payment_method: null,
      last_payment_error: { code: 'payment_intent_authentication_failure', type: 'invalid_request_error' },
    });
    expect(typesOf(world).slice(2)).toEqual(['payment_intent.payment_failed']);
    expect((await stripe.charges.list()).data).toEqual([]);
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  test('passed, and then declined by the bank: kept, and told', async () => {
    const { stripe, world, act, id } = await asked({ payment_method: 'pm_card_threeDSecureRequiredChargeDeclined' });
    act({ action: 'authenticate', payment_intent: id, outcome: 'succeed' });
    expect(typesOf(world).slice(2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } });
  });

  test('can only be passed by somebody who was asked', async () => {
    const { stripe, emulator, act, id, ...open } = await asked();
    act({ action: 'authenticate', payment_intent: id, outcome: 'succeed' });
    const before = dump(open);
    for (const [body, says] of [
      [{ action: 'authenticate', payment_intent: id, outcome: 'succeed' }, 'is succeeded; nobody was asked'],
      [{ action: 'authenticate', payment_intent: 'pi_none', outcome: 'succeed' }, "No such payment intent: 'pi_none'"],
      [{ action: 'authenticate', payment_intent: id, outcome: 'maybe' }, 'is one of succeed, fail'],
      [{ action: 'levitate', payment_intent: id, outcome: 'succeed' }, 'authenticate (payment_intent)'],
      [{ action: 'authenticate', charge: 'ch_1', outcome: 'succeed' }, 'authenticate (payment_intent)'],
      [{}, 'authenticate (payment_intent)'],
    ] as const) {
      const { status, error } = await control(emulator, 'POST /act', body);
      expect({ body, status }).toEqual({ body, status: 400 });
      expect(error['message']).toContain(says);
    }
    expect(dump(open)).toBe(before);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  test('an asked-for authentication can be abandoned by cancelling', async () => {
    const { stripe, id, world } = await asked();
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ status: 'canceled', next_action: null });
    expect(typesOf(world).slice(2)).toEqual(['payment_intent.canceled']);
  });
});

describe('off session', () => {
  const offSession = { off_session: true, confirm: true } as const;

  test('nobody is there to be asked: the bank declines, and the charge is kept', async () => {
    const { stripe, world } = start();
    const error = await refusal(asked.call(null, offSession));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required', type: 'StripeCardError' });
    const call = stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_authenticationRequired',
      ...offSession,
    });
    const { raw } = await refusal(call);
    expect(raw['payment_intent']).toMatchObject({ status: 'requires_payment_method', latest_charge: raw['charge'] });
    expect(typesOf(world)).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
  });

  test('a card set up for it beforehand goes through without', async () => {
    const { stripe, act } = start();
    const { id: customer } = await stripe.customers.create({});
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      customer,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      setup_future_usage: 'off_session',
      confirm: true,
    });
    expect(intent.status).toBe('requires_action');
    const method = intent.payment_method as string;
    act({ action: 'authenticate', payment_intent: intent.id, outcome: 'succeed' });
    expect(await stripe.paymentMethods.retrieve(method)).toMatchObject({ customer });
    const later = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer,
      payment_method: method,
      ...offSession,
    });
    expect(later.status).toBe('succeeded');
    const present = { amount: 500, currency: 'usd', customer, payment_method: method, confirm: true };
    expect((await stripe.paymentIntents.create(present)).status).toBe('requires_action');
  });

  test('one that asks to be told instead of asking the customer is declined as well', async () => {
    const { stripe } = start();
    const call = stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      error_on_requires_action: true,
    });
    expect(await refusal(call)).toMatchObject({ code: 'authentication_required' });
  });
});
