import { expect, test } from 'vitest';
import { start, typesOf } from '../sdk.ts';
import { refusal } from '../worlds.ts';

const risky = async () => {
  const open = start();
  const intent = await open.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_riskLevelElevated',
    confirm: true,
  });
  const id = intent.review as string;
  return { ...open, intent, id, last: () => open.world.log.all.at(-1)!.event };
};

test('elevated risk is put in front of somebody, who approves it once', async () => {
  const { stripe, intent, id, world, last } = await risky();
  expect(typesOf(world)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'review.opened',
  ]);
  expect(await stripe.charges.retrieve(intent.latest_charge as string)).toMatchObject({ review: id });
  expect(await stripe.reviews.retrieve(id)).toMatchObject({ open: true, reason: 'rule', payment_intent: intent.id });
  expect(await stripe.reviews.approve(id)).toMatchObject({
    open: false,
    reason: 'approved',
    closed_reason: 'approved',
  });
  expect(last()).toMatchObject({
    type: 'review.closed',
    data: { previous_attributes: { open: true, reason: 'rule', closed_reason: null } },
  });
  expect((await refusal(stripe.reviews.approve(id))).message).toContain('already closed');
});

test.each([
  ['fraudulent', 'refunded_as_fraud'],
  ['requested_by_customer', 'refunded'],
] as const)('a full refund, %s, ends it; a part does not', async (reason, closed_reason) => {
  const { stripe, intent, id } = await risky();
  await stripe.refunds.create({ payment_intent: intent.id, amount: 500, reason });
  expect((await stripe.reviews.retrieve(id)).open).toBe(true);
  await stripe.refunds.create({ payment_intent: intent.id, reason });
  expect(await stripe.reviews.retrieve(id)).toMatchObject({ open: false, closed_reason });
});

test('a held payment that is given up ends it', async () => {
  const { stripe } = start();
  const { id, review } = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_riskLevelElevated',
    capture_method: 'manual',
    confirm: true,
  });
  await stripe.paymentIntents.cancel(id);
  expect(await stripe.reviews.retrieve(review as string)).toMatchObject({ closed_reason: 'canceled' });
});
