import { describe, expect, test } from 'vitest';
import { endpoint } from '../../delivery/endpoint.ts';
import { NOW } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';
import { DAY, HOUR, payer } from './payer.ts';

test('invoices are numbered by their customer, in the order in which they are finalised', async () => {
  const { stripe, draft, customer } = await payer(null, { invoice_prefix: 'ABCD1234', next_invoice_sequence: 7 });
  const first = await draft([100]);
  const second = await draft([100], { number: 'OWN-1' });
  const third = await draft([100]);
  expect(await stripe.invoices.finalizeInvoice(third.id)).toMatchObject({ number: 'ABCD1234-0007' });
  expect(await stripe.invoices.finalizeInvoice(second.id)).toMatchObject({ number: 'OWN-1' });
  expect(await stripe.invoices.finalizeInvoice(first.id)).toMatchObject({ number: 'ABCD1234-0008' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ next_invoice_sequence: 9 });
});

test('finalisation fixes what the draft left open', async () => {
  const { stripe, draft, told } = await payer(null);
  const { id, status, number } = await draft([100], { collection_method: 'send_invoice', days_until_due: 30 });
  expect([status, number]).toEqual(['draft', null]);
  told();
  const invoice = await stripe.invoices.finalizeInvoice(id);
  expect(invoice).toMatchObject({
    status: 'open',
    due_date: NOW + 30 * DAY,
    effective_at: NOW,
    ending_balance: 0,
    status_transitions: { finalized_at: NOW },
  });
  for (const url of [invoice.hosted_invoice_url, invoice.invoice_pdf]) expect(URL.canParse(url!)).toBe(true);
  expect(told()).toEqual(['invoice.finalized', 'invoice.updated', 'payment_intent.created']);
  expect(await refusal(stripe.invoices.finalizeInvoice(id))).toMatchObject({ statusCode: 400 });
});

describe('by itself', () => {
  test('an hour later where nobody listens', async () => {
    const { time, draft, retrieve } = await payer();
    const { id } = await draft([2000], { auto_advance: true });
    await time.advance(NOW + HOUR - 1);
    expect(await retrieve(id)).toMatchObject({ status: 'draft', webhooks_delivered_at: NOW });
    await time.advance(NOW + HOUR);
    expect(await retrieve(id)).toMatchObject({ status: 'paid', automatically_finalizes_at: null });
  });

  test('an hour after the answer to invoice.created', async () => {
    await using hook = await endpoint(500);
    const { stripe, time, draft, retrieve, queue } = await payer();
    await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['invoice.created'] });
    const { id } = await draft([2000], { auto_advance: true });
    await time.advance(NOW + 2 * HOUR);
    expect(await retrieve(id)).toMatchObject({ status: 'draft', webhooks_delivered_at: null });
    hook.answer(200);
    const answered = queue.nextDue()!;
    await time.advance(answered);
    expect(await retrieve(id)).toMatchObject({
      status: 'draft',
      webhooks_delivered_at: answered,
      next_payment_attempt: answered + HOUR,
      automatically_finalizes_at: answered + HOUR,
    });
    await time.advance(answered + HOUR);
    expect(await retrieve(id)).toMatchObject({ status: 'paid', status_transitions: { finalized_at: answered + HOUR } });
  });

  test('after 72 hours, answered or not', async () => {
    await using hook = await endpoint(500);
    const { stripe, time, draft, retrieve } = await payer();
    await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['*'] });
    const { id } = await draft([2000], { auto_advance: true });
    await time.advance(NOW + 72 * HOUR - 1);
    expect(await retrieve(id)).toMatchObject({ status: 'draft' });
    await time.advance(NOW + 72 * HOUR);
    expect(await retrieve(id)).toMatchObject({ status: 'paid' });
  });

  test('at the moment that was chosen', async () => {
    const { time, draft, retrieve } = await payer();
    const { id } = await draft([2000], { automatically_finalizes_at: NOW + 5 * DAY });
    await time.advance(NOW + 5 * DAY - 1);
    expect(await retrieve(id)).toMatchObject({ status: 'draft' });
    await time.advance(NOW + 5 * DAY);
    expect(await retrieve(id)).toMatchObject({ status: 'paid' });
  });

  test('and is sent where it is not charged', async () => {
    const { time, draft, retrieve, told } = await payer();
    const due = { collection_method: 'send_invoice', days_until_due: 7 } as const;
    const { id } = await draft([2000], { auto_advance: true, ...due });
    told();
    await time.advance(NOW + HOUR);
    expect(told()).toEqual(['invoice.finalized', 'payment_intent.created', 'invoice.updated', 'invoice.sent']);
    expect(await retrieve(id)).toMatchObject({ status: 'open', next_payment_attempt: null });
  });
});

describe('the customer’s balance', () => {
  test('credit pays first, and comes back when the invoice is voided', async () => {
    const { stripe, finalized, customer, told } = await payer(null, { balance: -300 });
    const { id, ...invoice } = await finalized([1000]);
    expect(invoice).toMatchObject({ total: 1000, starting_balance: -300, ending_balance: 0, amount_due: 700 });
    expect(told()).toContain('customer.updated');
    const transactions = async () => (await stripe.customers.listBalanceTransactions(customer)).data;
    expect(await transactions()).toMatchObject([
      { type: 'applied_to_invoice', amount: 300, ending_balance: 0, invoice: id },
      { type: 'initial', amount: -300, ending_balance: -300, invoice: null },
    ]);
    expect(await stripe.invoices.voidInvoice(id)).toMatchObject({ status: 'void', amount_due: 700 });
    expect(told()).toEqual(['payment_intent.canceled', 'invoice.voided', 'invoice.updated', 'customer.updated']);
    expect((await transactions())[0]).toMatchObject({ type: 'unapplied_from_invoice', amount: -300 });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 });
  });

  test('a debt is billed, a negative total is kept as credit', async () => {
    const { finalized, stripe, customer } = await payer(null, { balance: 250 });
    expect(await finalized([1000])).toMatchObject({ starting_balance: 250, ending_balance: 0, amount_due: 1250 });
    expect(await finalized([-400])).toMatchObject({ status: 'paid', total: -400, ending_balance: -400, amount_due: 0 });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -400 });
  });

  test('too little to charge is left to the next invoice', async () => {
    const { finalized, stripe, customer, told } = await payer();
    expect(await finalized([30])).toMatchObject({ status: 'paid', total: 30, amount_due: 0, ending_balance: 30 });
    expect(told()).not.toContain('charge.succeeded');
    const { data } = await stripe.customers.listBalanceTransactions(customer);
    expect(data).toMatchObject([{ type: 'invoice_too_small', amount: 30, ending_balance: 30 }]);
    expect(await finalized([100])).toMatchObject({ starting_balance: 30, amount_due: 130 });
  });

  test('is adjusted by hand', async () => {
    const { stripe, customer, told } = await payer(null);
    told();
    const made = await stripe.customers.createBalanceTransaction(customer, { amount: -500, currency: 'usd' });
    expect(made).toMatchObject({ amount: -500, ending_balance: -500, type: 'adjustment' });
    expect(told()).toEqual(['customer.updated']);
    await stripe.customers.update(customer, { balance: -200 });
    const { data } = await stripe.customers.listBalanceTransactions(customer);
    expect(data.map(({ type, amount }) => [type, amount])).toEqual([
      ['adjustment', 300],
      ['adjustment', -500],
    ]);
    const update = { metadata: { why: 'goodwill' }, description: 'Sorry' };
    expect(await stripe.customers.updateBalanceTransaction(customer, made.id, update)).toMatchObject(update);
    expect(await stripe.customers.retrieveBalanceTransaction(customer, made.id)).toMatchObject(update);
  });
});

test('a zero-decimal currency', async () => {
  const { stripe, draft } = await payer(null);
  const rate = await stripe.taxRates.create({ display_name: 'Tax', percentage: 10, inclusive: false });
  // 10 % of ¥1,235 is ¥123.5 → ¥124.
  const { id } = await draft([1235], { currency: 'jpy', default_tax_rates: [rate.id] });
  expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({ currency: 'jpy', total: 1359, amount_due: 1359 });
});

test('a finalised invoice is neither edited nor deleted, and refusing changes nothing', async () => {
  const open = await payer();
  const { stripe, finalized } = open;
  const { id, lines } = await finalized([1000]);
  const item = lines.data[0]!.parent!.invoice_item_details!.invoice_item;
  const before = dump(open);
  for (const call of [
    () => stripe.invoices.update(id, { description: 'x' }),
    () => stripe.invoices.del(id),
    () => stripe.invoices.addLines(id, { lines: [{ amount: 1 }] }),
    () => stripe.invoiceItems.update(item, { amount: 1 }),
    () => stripe.invoiceItems.del(item),
    () => stripe.invoiceItems.create({ customer: open.customer, invoice: id, amount: 1 }),
    () => stripe.invoices.sendInvoice(id),
    () => stripe.invoices.create({ customer: open.customer, collection_method: 'send_invoice' }),
    () => stripe.invoices.create({ customer: open.customer, days_until_due: 3 }),
    () => stripe.invoices.create({ customer: open.customer, automatic_tax: { enabled: true } }),
  ])
    expect((await refusal(call())).statusCode).toBeGreaterThanOrEqual(400);
  expect(dump(open)).toBe(before);
  expect(await stripe.invoices.update(id, { metadata: { order: '6735' } })).toMatchObject({
    metadata: { order: '6735' },
  });
});

test('when the customer is deleted, its invoices stop advancing, and nothing fails later', async () => {
  const { stripe, customer, draft, finalized, retrieve, told, time } = await payer('pm_card_visa', { balance: -100 });
  const { id } = await draft([1000], { auto_advance: true });
  const open = await finalized([1000], { auto_advance: true });
  told();
  await stripe.customers.del(customer);
  expect(told().filter((type) => type.startsWith('invoice'))).toEqual([]);
  await time.advance(NOW + 60 * DAY);
  expect(await retrieve(id)).toMatchObject({ status: 'draft', auto_advance: false });
  expect(await retrieve(open.id)).toMatchObject({ status: 'open', auto_advance: false, next_payment_attempt: null });
  expect(await refusal(stripe.invoices.finalizeInvoice(id))).toMatchObject({ statusCode: 400 });
  expect(await stripe.invoices.voidInvoice(open.id)).toMatchObject({ status: 'void' });
});
