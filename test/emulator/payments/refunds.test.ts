import { expect, test } from 'vitest';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const paid = async (source = 'tok_visa', options = {}) => {
  const open = start(options);
  const charge = await open.stripe.charges.create({ amount: 1000, currency: 'usd', source });
  const from = open.world.log.all.length;
  const told = () => typesOf(open.world).slice(from);
  const now = () => open.stripe.charges.retrieve(charge.id);
  return { ...open, charge, told, now };
};

test('in parts, until nothing is left', async () => {
  const { stripe, charge, now, told } = await paid();
  const part = (amount?: number) => stripe.refunds.create({ charge: charge.id, ...(amount && { amount }) });
  expect(await part(300)).toMatchObject({ amount: 300, status: 'succeeded', charge: charge.id, reason: null });
  expect(await now()).toMatchObject({ amount_refunded: 300, refunded: false });
  await part(200);
  expect(await now()).toMatchObject({ amount_refunded: 500, refunded: false });
  expect(await part()).toMatchObject({ amount: 500 });
  expect(await now()).toMatchObject({ amount_refunded: 1000, refunded: true });
  expect(told()).toEqual(Array.from({ length: 3 }, () => ['refund.created', 'charge.refunded']).flat());
  expect(await refusal(part())).toMatchObject({ code: 'charge_already_refunded' });
  expect(await refusal(part(1))).toMatchObject({ code: 'charge_already_refunded' });
});

test('never more than was paid', async () => {
  const { stripe, charge, emulator: _, ...open } = await paid();
  await stripe.refunds.create({ charge: charge.id, amount: 600 });
  const before = dump(open);
  const error = await refusal(stripe.refunds.create({ charge: charge.id, amount: 401 }));
  expect(error).toMatchObject({ statusCode: 400, param: 'amount' });
  expect(error.message).toBe('Refund amount (401) is greater than unrefunded amount on charge (400)');
  expect(await refusal(stripe.refunds.create({ charge: charge.id, amount: 0 }))).toMatchObject({ param: 'amount' });
  expect(dump(open)).toBe(before);
});

test('by intent, of its latest charge', async () => {
  const { stripe } = start();
  const intent = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  const refund = await stripe.refunds.create({ payment_intent: intent.id, reason: 'requested_by_customer' });
  expect(refund).toMatchObject({
    charge: intent.latest_charge,
    payment_intent: intent.id,
    reason: 'requested_by_customer',
  });
  expect((await stripe.refunds.list({ payment_intent: intent.id })).data.map(({ id }) => id)).toEqual([refund.id]);
});

test('what cannot be refunded', async () => {
  const { stripe, charge } = await paid();
  const unpaid = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
  const authorised = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa', capture: false });
  const declined = await refusal(
    stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_chargeDeclined' }),
  );
  for (const params of [
    {},
    { charge: charge.id, payment_intent: unpaid.id },
    { charge: 'ch_none' },
    { payment_intent: unpaid.id },
    { charge: authorised.id },
    { charge: declined.raw['charge'] as string },
  ])
    expect(await refusal(stripe.refunds.create(params))).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
    });
});

test('a refund that is pending succeeds later, and only then has a reference', async () => {
  const { stripe, charge, time, told, world } = await paid('tok_pendingRefund');
  const { id, ...refund } = await stripe.refunds.create({ charge: charge.id });
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
  await time.advance(NOW + 60);
  const later = await stripe.refunds.retrieve(id);
  expect(later).toMatchObject({
    status: 'succeeded',
    destination_details: { card: { reference: expect.stringMatching(/^\d{23}$/), reference_status: 'available' } },
  });
  expect(later).not.toHaveProperty('pending_reason');
  expect(told()).toEqual([
    'refund.created',
    'charge.refunded',
    'refund.updated',
    'charge.refund.updated',
    'refund.updated',
    'charge.refund.updated',
  ]);
  const first = world.log.all.find(({ event }) => event.type === 'refund.updated')!.event;
  expect(first).toHaveProperty('data.previous_attributes.status', 'pending');
});

test('a refund that fails gives the money back to the balance, and the charge is not refunded after all', async () => {
  const { stripe, charge, now, time, told } = await paid('tok_refundFail');
  const available = async () => (await stripe.balance.retrieve()).available[0]!.amount;
  const { id, status } = await stripe.refunds.create({ charge: charge.id });
  expect(status).toBe('succeeded');
  expect(await now()).toMatchObject({ refunded: true, amount_refunded: 1000 });
  expect(await available()).toBe(-1000);
  await time.advance(NOW + 60);
  expect(await now()).toMatchObject({ refunded: false, amount_refunded: 0 });
  expect(await available()).toBe(0);
  const failed = await stripe.refunds.retrieve(id, { expand: ['failure_balance_transaction'] });
  expect(failed).toMatchObject({
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: { amount: 1000, type: 'refund_failure', source: id },
  });
  expect(told()).toEqual([
    'refund.created',
    'charge.refunded',
    'refund.updated',
    'charge.refund.updated',
    'refund.failed',
    'refund.updated',
    'charge.refund.updated',
    'charge.updated',
  ]);
  // It can be tried again.
  expect((await stripe.refunds.create({ charge: charge.id, amount: 100 })).amount).toBe(100);
});

test('what a partial capture released is not there to be refunded', async () => {
  const { stripe } = start();
  const { id } = await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa', capture: false });
  await stripe.charges.capture(id, { amount: 600 });
  expect((await refusal(stripe.refunds.create({ charge: id, amount: 601 }))).message).toContain('(600)');
  expect(await stripe.refunds.create({ charge: id })).toMatchObject({ amount: 600 });
  expect(await stripe.charges.retrieve(id)).toMatchObject({
    amount_captured: 600,
    amount_refunded: 1000,
    refunded: true,
  });
});

test('a disputed charge cannot be refunded; one that is merely inquired about can', async () => {
  const disputed = await paid('tok_createDispute');
  await disputed.time.advance(NOW + 10);
  const refund = (charge: string) => disputed.stripe.refunds.create({ charge });
  expect(await refusal(refund(disputed.charge.id))).toMatchObject({ code: 'charge_disputed' });
  const inquired = await paid('tok_createDisputeInquiry');
  await inquired.time.advance(NOW + 10);
  expect((await inquired.now()).disputed).toBe(true);
  expect(await inquired.stripe.refunds.create({ charge: inquired.charge.id })).toMatchObject({ status: 'succeeded' });
});

test('a card’s refund cannot be cancelled through the API', async () => {
  const { stripe, charge } = await paid();
  const { id } = await stripe.refunds.create({ charge: charge.id });
  expect((await refusal(stripe.refunds.cancel(id))).message).toContain('only a refund that requires action');
});
