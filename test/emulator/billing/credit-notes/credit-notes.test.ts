import { describe, expect, test } from 'vitest';
import { dump, refusal } from '../../worlds.ts';
import { payer } from '../invoices/payer.ts';

type Open = Awaited<ReturnType<typeof payer>>;
const taxed = async ({ stripe }: Open, percentage: number, inclusive = false) =>
  (await stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive })).id;
const ofLine = (id: string, more: object) => ({ type: 'invoice_line_item' as const, invoice_line_item: id, ...more });

describe('before payment', () => {
  test('less is due, and the payment asks for less', async () => {
    const open = await payer();
    const { stripe, finalized, retrieve, told } = open;
    const { id: invoice, number } = await finalized([5000]);
    told();
    const note = await stripe.creditNotes.create({ invoice, amount: 2000, reason: 'duplicate', memo: 'Sorry' });
    expect(note).toMatchObject({
      amount: 2000,
      total: 2000,
      pre_payment_amount: 2000,
      post_payment_amount: 0,
      number: `${number}-CN-01`,
      status: 'issued',
      type: 'pre_payment',
      reason: 'duplicate',
    });
    expect(await retrieve(invoice)).toMatchObject({
      total: 5000,
      amount_due: 3000,
      amount_remaining: 3000,
      pre_payment_credit_notes_amount: 2000,
    });
    expect(told()).toEqual(['credit_note.created', 'invoice.updated']);
    expect(await stripe.creditNotes.create({ invoice, amount: 500 })).toMatchObject({ number: `${number}-CN-02` });
    expect(await stripe.invoices.pay(invoice)).toMatchObject({
      status: 'paid',
      amount_paid: 2500,
      amount_remaining: 0,
    });
    expect((await stripe.charges.list()).data).toMatchObject([{ amount: 2500 }]);
  });

  test('all of it: the invoice is paid without a charge', async () => {
    const { stripe, finalized, retrieve, told } = await payer();
    const { id: invoice } = await finalized([5000]);
    told();
    await stripe.creditNotes.create({ invoice, amount: 5000 });
    expect(told()).toEqual(['payment_intent.canceled', 'credit_note.created', 'invoice.updated', 'invoice.paid']);
    expect(await retrieve(invoice)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      amount_paid: 0,
      amount_remaining: 0,
    });
  });

  test('void: it is due again', async () => {
    const { stripe, finalized, retrieve, told } = await payer();
    const { id: invoice, lines } = await finalized([5000]);
    const line = ofLine(lines.data[0]!.id, { amount: 4000 });
    const { id } = await stripe.creditNotes.create({ invoice, lines: [line] });
    told();
    expect(await stripe.creditNotes.voidCreditNote(id)).toMatchObject({ status: 'void' });
    expect(told()).toEqual(['credit_note.voided', 'invoice.updated']);
    expect(await retrieve(invoice)).toMatchObject({ amount_due: 5000, pre_payment_credit_notes_amount: 0 });
    expect(await refusal(stripe.creditNotes.voidCreditNote(id))).toMatchObject({ statusCode: 400 });
    // And can be credited again.
    await stripe.creditNotes.create({ invoice, lines: [line] });
    expect(await stripe.invoices.pay(invoice)).toMatchObject({ status: 'paid', amount_paid: 1000 });
  });
});

describe('after payment', () => {
  const paid = async (amounts: number[], params = {}) => {
    const open = await payer();
    const { id } = await open.finalized(amounts, params);
    const invoice = await open.stripe.invoices.pay(id);
    open.told();
    return { ...open, invoice, id, line: invoice.lines.data[0]!.id };
  };

  test('the money goes back in the ways that are named', async () => {
    const { stripe, id: invoice, line, retrieve, customer } = await paid([5000]);
    const note = await stripe.creditNotes.create({
      invoice,
      lines: [ofLine(line, { amount: 3000 })],
      refund_amount: 1500,
      credit_amount: 1000,
      out_of_band_amount: 500,
    });
    expect(note).toMatchObject({ type: 'post_payment', post_payment_amount: 3000, out_of_band_amount: 500 });
    expect(note.refunds).toMatchObject([{ amount_refunded: 1500, type: 'refund' }]);
    expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 1500, status: 'succeeded' }]);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -1000 });
    expect((await stripe.customers.listBalanceTransactions(customer)).data).toMatchObject([
      { type: 'credit_note', amount: -1000, credit_note: note.id, id: note.customer_balance_transaction },
    ]);
    expect(await retrieve(invoice)).toMatchObject({
      status: 'paid',
      amount_paid: 5000,
      post_payment_credit_notes_amount: 3000,
    });
    // The next invoice takes the credit: 1200 − 1000.
    const { id: draft } = await stripe.invoices.create({ customer });
    await stripe.invoices.addLines(draft, { lines: [{ amount: 1200 }] });
    expect(await stripe.invoices.finalizeInvoice(draft)).toMatchObject({ amount_due: 200 });
  });

  test('refused, changing nothing', async () => {
    const open = await paid([5000]);
    const { stripe, id: invoice, line } = open;
    const before = dump(open);
    const refused = async (params: object) =>
      expect(await refusal(stripe.creditNotes.create({ invoice, ...params }))).toMatchObject({ statusCode: 400 });
    await refused({});
    await refused({ amount: 1000 });
    await refused({ amount: 1000, refund_amount: 999 });
    await refused({ amount: 6000, refund_amount: 6000 });
    await refused({ lines: [ofLine(line, { amount: 5001 })], refund_amount: 5001 });
    await refused({ lines: [ofLine('il_none', {})], refund_amount: 5000 });
    await refused({ lines: [ofLine(line, { amount: 100 })], amount: 99, refund_amount: 100 });
    await refused({ lines: [{ type: 'custom_line_item', unit_amount: 5 }], refund_amount: 5 });
    expect(dump(open)).toBe(before);
  });

  test('a refund that was made already is accounted for', async () => {
    const { stripe, id: invoice, told } = await paid([5000]);
    const { id: charge } = (await stripe.charges.list()).data[0]!;
    const refund = await stripe.refunds.create({ charge, amount: 700 });
    told();
    const note = await stripe.creditNotes.create({ invoice, amount: 700, refunds: [{ refund: refund.id }] });
    expect(note.refunds).toMatchObject([{ refund: refund.id, amount_refunded: 700 }]);
    expect(told()).toEqual(['credit_note.created', 'invoice.updated']);
  });
});

describe('tax and discounts', () => {
  test('a line is credited with its share of both', async () => {
    const open = await payer();
    const { stripe, finalized } = open;
    const coupon = await stripe.coupons.create({ percent_off: 25 });
    const rates = [await taxed(open, 20)];
    // 1000 − 250 = 750, and 20 %: 900.
    const invoice = await finalized([1000], { default_tax_rates: rates, discounts: [{ coupon: coupon.id }] });
    expect(invoice.total).toBe(900);
    // 400 of it: less 100 is 300, and 60 tax.
    const line = ofLine(invoice.lines.data[0]!.id, { amount: 400 });
    const note = await stripe.creditNotes.create({ invoice: invoice.id, lines: [line] });
    expect(note).toMatchObject({
      subtotal: 400,
      discount_amount: 100,
      total_excluding_tax: 300,
      total_taxes: [{ amount: 60, taxable_amount: 300, tax_behavior: 'exclusive' }],
      total: 360,
    });
  });

  test('a line credited in parts adds up to the line, however it rounds', async () => {
    const open = await payer();
    const { stripe, finalized, retrieve } = open;
    const coupon = await stripe.coupons.create({ percent_off: 33.3 });
    const rates = [await taxed(open, 7.7), await taxed(open, 3.3, true)];
    const invoice = await finalized([1001], { default_tax_rates: rates, discounts: [{ coupon: coupon.id }] });
    for (const amount of [334, 333, 334]) {
      const lines = [ofLine(invoice.lines.data[0]!.id, { amount })];
      await stripe.creditNotes.create({ invoice: invoice.id, lines });
    }
    expect(await retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_remaining: 0,
      pre_payment_credit_notes_amount: invoice.total,
    });
  });

  test('by quantity, and with lines of their own', async () => {
    const open = await payer();
    const { stripe, customer } = open;
    await stripe.invoiceItems.create({ customer, unit_amount_decimal: '120' as never, quantity: 4 });
    const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    const { lines } = await stripe.invoices.finalizeInvoice(id);
    const custom = { type: 'custom_line_item', description: 'Late', unit_amount: 30, quantity: 2 } as const;
    const vat = await taxed(open, 10);
    // Two of four at 120, and twice 30 with 10 % tax.
    const params = {
      invoice: id,
      lines: [ofLine(lines.data[0]!.id, { quantity: 2 }), { ...custom, tax_rates: [vat] }],
    };
    const before = dump(open);
    expect(await stripe.creditNotes.preview(params)).toMatchObject({ total: 240 + 66, subtotal: 300 });
    expect((await stripe.creditNotes.listPreviewLineItems({ ...params, limit: 1 })).data).toMatchObject([
      { amount: 240 },
    ]);
    expect(dump(open)).toBe(before);
    const note = await stripe.creditNotes.create(params);
    expect(note.total).toBe(306);
    const { data } = await stripe.creditNotes.listLineItems(note.id);
    expect(data.map(({ amount, quantity }) => [amount, quantity])).toEqual([
      [240, 2],
      [60, 2],
    ]);
  });
});

test('memo and metadata can change', async () => {
  const { stripe, finalized, told } = await payer();
  const { id: invoice } = await finalized([500]);
  const { id } = await stripe.creditNotes.create({ invoice, amount: 100 });
  told();
  await stripe.creditNotes.update(id, { memo: 'Sorry' });
  await stripe.creditNotes.update(id, { metadata: { a: '1' } });
  expect(told()).toEqual(['credit_note.updated', 'credit_note.updated']);
});
