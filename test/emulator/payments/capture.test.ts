import { describe, expect, test } from 'vitest';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;
const hold = { amount: 1000, currency: 'usd' } as const;

describe('a charge', () => {
  const authorised = async () => {
    const open = start();
    const { id } = await open.stripe.charges.create({ ...hold, source: 'tok_visa', capture: false });
    return { ...open, id };
  };

  test('holds the amount and moves nothing until it is captured', async () => {
    const { stripe, id } = await authorised();
    const charge = await stripe.charges.retrieve(id);
    expect(charge).toMatchObject({ captured: false, amount_captured: 0, balance_transaction: null, paid: true });
    expect(charge).toHaveProperty('payment_method_details.card.capture_before', NOW + 7 * DAY);
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    const captured = await stripe.charges.capture(id, { expand: ['balance_transaction'] });
    expect(captured).toMatchObject({
      captured: true,
      amount_captured: 1000,
      balance_transaction: { amount: 1000, fee: 59 },
    });
  });

  test('in part: the rest is released, which shows as refunded', async () => {
    const { stripe, id, world } = await authorised();
    const charge = await stripe.charges.capture(id, { amount: 400, expand: ['balance_transaction'] });
    expect(charge).toMatchObject({
      amount: 1000,
      amount_captured: 400,
      amount_refunded: 600,
      refunded: false,
      balance_transaction: { amount: 400, fee: 42, net: 358 },
    });
    expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.captured']);
  });

  test('neither twice nor for more', async () => {
    const { stripe, id, ...open } = await authorised();
    expect(await refusal(stripe.charges.capture(id, { amount: 1001 }))).toMatchObject({ code: 'amount_too_large' });
    await stripe.charges.capture(id);
    const before = dump(open);
    expect(await refusal(stripe.charges.capture(id))).toMatchObject({ code: 'charge_already_captured' });
    expect(dump(open)).toBe(before);
  });

  test('that was declined has nothing to capture', async () => {
    const { stripe } = start();
    const { raw } = await refusal(stripe.charges.create({ ...hold, source: 'tok_chargeDeclined', capture: false }));
    const error = await refusal(stripe.charges.capture(raw['charge'] as string));
    expect(error.message).toContain('nothing can be captured');
  });

  test('expires after seven days to the second', async () => {
    const { stripe, id, world, time } = await authorised();
    await time.advance(NOW + 7 * DAY - 1);
    expect(typesOf(world)).toEqual(['charge.succeeded']);
    await time.advance(NOW + 7 * DAY);
    expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.expired']);
    const { event } = world.log.all.at(-1)!;
    expect(event).toMatchObject({
      created: NOW + 7 * DAY,
      request: { id: null, idempotency_key: null },
      data: { object: { id, amount_refunded: 1000, refunded: true, captured: false } },
    });
    expect(await refusal(stripe.charges.capture(id))).toMatchObject({ code: 'charge_expired_for_capture' });
  });
});

describe('an intent', () => {
  const authorised = async (method = 'pm_card_visa') => {
    const open = start();
    const intent = await open.stripe.paymentIntents.create({
      ...hold,
      payment_method: method,
      capture_method: 'manual',
      confirm: true,
    });
    return { ...open, intent, id: intent.id };
  };

  test('waits for capture, and can be captured in part', async () => {
    const { stripe, id, intent, world, time } = await authorised();
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 1000, amount_received: 0 });
    const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 700 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 700, amount: 1000 });
    expect(await stripe.charges.retrieve(intent.latest_charge as string)).toMatchObject({
      amount_captured: 700,
      amount_refunded: 300,
    });
    await time.advance(NOW + 8 * DAY);
    expect(typesOf(world)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
  });

  test('neither twice nor for more', async () => {
    const { stripe, id, ...open } = await authorised();
    const more = stripe.paymentIntents.capture(id, { amount_to_capture: 1001 });
    expect(await refusal(more)).toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' });
    expect(await refusal(stripe.charges.capture(open.intent.latest_charge as string))).toMatchObject({
      statusCode: 400,
    });
    await stripe.paymentIntents.capture(id);
    const before = dump(open);
    expect(await refusal(stripe.paymentIntents.capture(id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect(dump(open)).toBe(before);
  });

  test('is cancelled by itself when the authorisation expires', async () => {
    const { stripe, id, world, time } = await authorised();
    await time.advance(NOW + 7 * DAY);
    expect(typesOf(world).slice(3)).toEqual(['charge.expired', 'payment_intent.canceled']);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
      canceled_at: NOW + 7 * DAY,
      amount_capturable: 0,
    });
    expect(await refusal(stripe.paymentIntents.capture(id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  test('can be cancelled, which releases the amount; nothing expires later', async () => {
    const { stripe, id, intent, world, time } = await authorised();
    const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0 });
    expect(await stripe.charges.retrieve(intent.latest_charge as string)).toMatchObject({
      refunded: true,
      amount_refunded: 1000,
      captured: false,
    });
    await time.advance(NOW + 8 * DAY);
    expect(typesOf(world).slice(3)).toEqual(['payment_intent.canceled', 'charge.refunded']);
    expect((await stripe.balanceTransactions.list()).data).toEqual([]);
    expect(await refusal(stripe.paymentIntents.cancel(id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });
});

test('what can be captured once is not captured in parts', async () => {
  const open = start();
  const { id } = await open.stripe.paymentIntents.create({
    ...hold,
    payment_method: 'pm_card_visa',
    capture_method: 'manual',
    confirm: true,
  });
  const before = dump(open);
  const part = open.stripe.paymentIntents.capture(id, { amount_to_capture: 300, final_capture: false });
  expect(await refusal(part)).toMatchObject({ statusCode: 400, param: 'final_capture' });
  expect(dump(open)).toBe(before);
  const captured = await open.stripe.paymentIntents.capture(id, { amount_to_capture: 300, final_capture: true });
  expect(captured).toMatchObject({ status: 'succeeded', amount_received: 300 });
});

test('what an amount is made of is kept, part by part', async () => {
  const { stripe } = start();
  const { id, amount_details } = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    amount_details: { tax: { total_tax_amount: 300 } },
  });
  expect(amount_details).toMatchObject({ tax: { total_tax_amount: 300 }, tip: {} });
  const { amount_details: more } = await stripe.paymentIntents.update(id, {
    amount_details: { shipping: { amount: 500 } },
  });
  expect(more).toMatchObject({ tax: { total_tax_amount: 300 }, shipping: { amount: 500, from_postal_code: null } });
  const line_items = [{ product_name: 'Tea', quantity: 1, unit_cost: 1200 }];
  expect(await refusal(stripe.paymentIntents.update(id, { amount_details: { line_items } }))).toMatchObject({
    statusCode: 501,
  });
});
