import { describe, expect, test } from 'vitest';
import type Stripe from 'stripe';
import { NOW, start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';

const DAY = 24 * 60 * 60;

/** A charge of 1000 that was disputed, with the money already withdrawn. */
async function disputed(source = 'tok_createDispute', params: Partial<Stripe.ChargeCreateParams> = {}) {
  const open = start();
  const charge = await open.stripe.charges.create({ amount: 1000, currency: 'usd', source, ...params });
  await open.time.advance(NOW + 10);
  const { data: disputes } = await open.stripe.disputes.list({ charge: charge.id });
  const from = open.world.log.all.length;
  return {
    ...open,
    charge,
    disputes,
    id: disputes[0]!.id,
    told: () => typesOf(open.world).slice(from),
    balance: async () => (await open.stripe.balance.retrieve()).available[0]!.amount,
    submit: (text: string, more: Stripe.DisputeUpdateParams = {}) =>
      open.stripe.disputes.update(disputes[0]!.id, { evidence: { uncategorized_text: text }, ...more }),
    pass: (seconds: number) => open.time.advance(open.world.clock.now() + seconds),
  };
}

test('withdraws the amount and a fee, and shows on the charge', async () => {
  const { stripe, charge, disputes, balance, world } = await disputed();
  expect(disputes).toMatchObject([{ amount: 1000, status: 'needs_response', reason: 'fraudulent', charge: charge.id }]);
  expect(disputes[0]!.balance_transactions).toMatchObject([
    { amount: -1000, fee: 1500, net: -2500, type: 'adjustment' },
  ]);
  expect(disputes[0]!.evidence_details.due_by).toBe(disputes[0]!.created + 9 * DAY);
  expect(await balance()).toBe(-2500);
  expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ disputed: true });
  expect(typesOf(world)).toEqual(['charge.succeeded', 'charge.dispute.created', 'charge.dispute.funds_withdrawn']);
});

test('won: closed, and everything comes back, fee included', async () => {
  const { stripe, id, submit, pass, told, balance } = await disputed();
  expect(await submit('winning_evidence')).toMatchObject({ status: 'under_review' });
  await pass(60);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won' });
  expect(told()).toEqual(['charge.dispute.updated', 'charge.dispute.closed', 'charge.dispute.funds_reinstated']);
  expect(await balance()).toBe(0);
});

test('lost: closed, and nothing comes back', async () => {
  const { stripe, id, submit, pass, told, balance } = await disputed();
  await submit('losing_evidence');
  await pass(60);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'lost' });
  expect(told()).toEqual(['charge.dispute.updated', 'charge.dispute.closed']);
  expect(await balance()).toBe(-2500);
});

test('other evidence leaves it under review, for as long as it takes', async () => {
  const { stripe, id, submit, pass, told } = await disputed();
  await submit('Here is the delivery note.');
  await pass(100 * DAY);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    status: 'under_review',
    evidence_details: { submission_count: 1, has_evidence: true, submission_method: 'manual' },
  });
  expect(told()).toEqual(['charge.dispute.updated']);
});

test('closing it is giving in', async () => {
  const { stripe, id, told, pass } = await disputed();
  expect(await stripe.disputes.close(id)).toMatchObject({ status: 'lost' });
  await pass(100 * DAY);
  expect(told()).toEqual(['charge.dispute.closed']);
});

test('staged evidence is kept and not submitted; nobody answering is losing', async () => {
  const { stripe, disputes, id, submit, pass, told } = await disputed();
  expect(await submit('winning_evidence', { submit: false })).toMatchObject({
    status: 'needs_response',
    evidence: { uncategorized_text: 'winning_evidence' },
    evidence_details: { submission_count: 0, has_evidence: true, submission_method: 'not_submitted' },
  });
  const due = disputes[0]!.evidence_details.due_by!;
  await pass(due - NOW - 10 - 1);
  expect(told()).toEqual(['charge.dispute.updated']);
  await pass(1);
  expect(told()).toEqual(['charge.dispute.updated', 'charge.dispute.closed']);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'lost' });
});

test('what was staged is submitted by saying so', async () => {
  const { stripe, id, submit, pass } = await disputed();
  await submit('winning_evidence', { submit: false });
  expect(await stripe.disputes.update(id, { submit: true })).toMatchObject({ status: 'under_review' });
  await pass(60);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won' });
});

test('once closed, evidence is refused; metadata is not', async () => {
  const { stripe, id, submit, ...open } = await disputed();
  await stripe.disputes.close(id);
  const before = dump(open);
  expect((await refusal(submit('winning_evidence'))).message).toContain('is closed');
  expect((await refusal(stripe.disputes.close(id))).message).toContain('is closed');
  expect(dump(open)).toBe(before);
  expect(await stripe.disputes.update(id, { metadata: { a: '1' } })).toMatchObject({ metadata: { a: '1' } });
});

describe('an inquiry', () => {
  test('takes no money, and closes without when it is answered', async () => {
    const { stripe, id, disputes, submit, pass, told, balance } = await disputed('tok_createDisputeInquiry');
    expect(disputes[0]).toMatchObject({
      status: 'warning_needs_response',
      is_charge_refundable: true,
      balance_transactions: [],
      payment_method_details: { card: { case_type: 'inquiry' } },
    });
    expect(await submit('winning_evidence')).toMatchObject({ status: 'warning_under_review' });
    await pass(60);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'warning_closed' });
    expect(told()).toEqual(['charge.dispute.updated', 'charge.dispute.closed']);
    expect(await balance()).toBe(0);
  });

  test('escalated becomes a chargeback, and only then is money withdrawn', async () => {
    const { stripe, id, submit, pass, told, balance } = await disputed('tok_createDisputeInquiry');
    expect(await submit('escalate_inquiry_evidence')).toMatchObject({
      status: 'warning_under_review',
      is_charge_refundable: true,
    });
    expect(told()).toEqual(['charge.dispute.updated']);
    await pass(10);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      is_charge_refundable: false,
      payment_method_details: { card: { case_type: 'chargeback' } },
    });
    expect(told()).toEqual(['charge.dispute.updated', 'charge.dispute.updated', 'charge.dispute.funds_withdrawn']);
    expect(await balance()).toBe(-2500);
    await submit('winning_evidence');
    await pass(10);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'won' });
    expect(await balance()).toBe(0);
  });

  test('nobody answers closes without loss', async () => {
    const { stripe, id, pass } = await disputed('tok_createDisputeInquiry');
    await pass(30 * DAY);
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'warning_closed', balance_transactions: [] });
  });
});

test('several disputes of one charge share its amount', async () => {
  const { disputes, balance } = await disputed('tok_createMultipleDisputes', { amount: 1001 });
  expect(disputes.map(({ amount }) => amount).toSorted()).toEqual([500, 501]);
  expect(await balance()).toBe(-1001 - 2 * 1500);
});

test('only what was captured can be disputed', async () => {
  const open = start();
  const { id } = await open.stripe.charges.create({
    amount: 1000,
    currency: 'usd',
    source: 'tok_createDispute',
    capture: false,
  });
  await open.time.advance(NOW + 60);
  expect((await open.stripe.disputes.list()).data).toEqual([]);
  await open.stripe.charges.capture(id, { amount: 400 });
  await open.time.advance(NOW + 120);
  expect((await open.stripe.disputes.list()).data).toMatchObject([{ amount: 400 }]);
});

test('an early fraud warning is actionable until the money is gone', async () => {
  const { stripe, charge, world, time } = await warned();
  const [warning] = (await stripe.radar.earlyFraudWarnings.list({ charge: charge.id })).data;
  expect(warning).toMatchObject({ actionable: true, charge: charge.id, object: 'radar.early_fraud_warning' });
  await stripe.refunds.create({ charge: charge.id, amount: 400 });
  expect(await stripe.radar.earlyFraudWarnings.retrieve(warning!.id)).toMatchObject({ actionable: true });
  await stripe.refunds.create({ charge: charge.id });
  expect(await stripe.radar.earlyFraudWarnings.retrieve(warning!.id)).toMatchObject({ actionable: false });
  await time.advance(NOW + 60);
  expect(typesOf(world).filter((type) => type.startsWith('radar.'))).toEqual([
    'radar.early_fraud_warning.created',
    'radar.early_fraud_warning.updated',
  ]);
});

async function warned() {
  const open = start();
  const charge = await open.stripe.charges.create({
    amount: 1000,
    currency: 'usd',
    source: 'tok_createIssuerFraudRecord',
  });
  await open.time.advance(NOW + 10);
  return { ...open, charge };
}
