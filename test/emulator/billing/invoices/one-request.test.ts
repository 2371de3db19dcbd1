import { expect, test } from 'vitest';
import { payInvoice } from '../../../../src/emulator/resources/billing/invoices/collect.ts';
import { draftInvoice } from '../../../../src/emulator/resources/billing/invoices/draft.ts';
import { finalizeInvoice } from '../../../../src/emulator/resources/billing/invoices/finalize.ts';
import { insertItem } from '../../../../src/emulator/resources/billing/invoices/item.ts';
import { priceItem } from '../../../../src/emulator/resources/billing/invoices/item-pricing.ts';
import type { Line } from '../../../../src/emulator/resources/billing/invoices/line.ts';
import { NOW } from '../../sdk.ts';
import { payer } from './payer.ts';

const line = (amount: number): Line =>
  ({
    id: 'il_1',
    amount,
    currency: 'usd',
    description: '1 × Plan',
    discountable: true,
    discounts: [],
    metadata: {},
    parent: null,
    period: { start: NOW, end: NOW + 1 },
    pricing: null,
    product: null,
    quantity: 1,
    quantityDecimal: null,
    taxRates: null,
  }) as Line;

/** What a subscription does when it begins: drafts, finalises and pays within the request that made it. */
async function begin(card: string | null) {
  const open = await payer(card);
  const { world, customer } = open;
  const request = { id: 'req_1', idempotency_key: null };
  world.transact(request, '', (tx) => {
    for (const id of ['sub_1', 'sub_2'])
      insertItem(tx, { customer, priced: priceItem(tx, { amount: 1 }, 'usd'), subscription: { id } });
  });
  open.told();
  const collected = world.transact(request, '', (tx) => {
    const { id } = draftInvoice(tx, {
      customer,
      currency: 'usd',
      billingReason: 'subscription_create',
      collectionMethod: 'charge_automatically',
      autoAdvance: true,
      lines: [line(2000)],
      pendingItems: true,
      subscription: { id: 'sub_1', metadata: { a: '1' } },
    });
    finalizeInvoice(tx, id, { collects: false });
    return card
      ? payInvoice(tx, id, { by: 'request', retries: false })
      : { invoice: tx.get('invoice', id)!, error: null };
  });
  return { ...open, ...collected };
}

test('payments are told before the invoice they pay, which is told paid', async () => {
  const { told, world, time, invoice } = await begin('pm_card_visa');
  expect(told()).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
  ]);
  // With what was pending for this subscription, and not for the other.
  expect(invoice).toMatchObject({
    status: 'paid',
    amount_paid: 2001,
    billing_reason: 'subscription_create',
    parent: { subscription_details: { subscription: 'sub_1', metadata: { a: '1' } } },
  });
  await time.advance(NOW + 20);
  expect(told()).toEqual(['invoice_payment.paid']);
  // Late as it is, it names the request that paid.
  expect(world.log.all.at(-1)!.event['request']).toEqual({ id: 'req_1', idempotency_key: null });
});

test('a decline leaves the invoice open, with no retry planned', async () => {
  const { told, invoice, error } = await begin('pm_card_chargeCustomerFail');
  expect(error).toMatchObject({ status: 402, keep: true });
  expect(invoice).toMatchObject({ status: 'open', attempt_count: 1, next_payment_attempt: null });
  expect(told().slice(-3)).toEqual(['invoice.created', 'invoice.finalized', 'invoice.payment_failed']);
});

test('unpaid, it waits for the browser, and the card is kept for later', async () => {
  const { told, invoice, stripe, time } = await begin(null);
  expect(told()).toEqual(['payment_intent.created', 'invoice.created', 'invoice.finalized']);
  const { payments } = await stripe.invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] });
  expect(payments!.data[0]!.payment.payment_intent).toMatchObject({
    setup_future_usage: 'off_session',
    description: 'Subscription creation',
    status: 'requires_payment_method',
  });
  told();
  await time.advance(NOW + 7200);
  expect(told()).toEqual([]);
});
