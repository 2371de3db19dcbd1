import { describe, expect, test } from 'vitest';
import { dump, refusal } from '../../worlds.ts';
import { payer } from './payer.ts';

describe('items', () => {
  test('wait for an invoice that takes pending items, newest first', async () => {
    const { stripe, customer, told } = await payer(null);
    const first = await stripe.invoiceItems.create({ customer, amount: 100, description: 'First' });
    const second = await stripe.invoiceItems.create({ customer, amount: 200, description: 'Second' });
    const other = await stripe.invoiceItems.create({ customer, amount: 300, currency: 'eur' });
    expect(first).toMatchObject({ invoice: null, quantity: 1, proration: false, parent: null });
    expect(await stripe.invoices.create({ customer })).toMatchObject({ total: 0 });
    told();
    const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    expect(told()).toEqual(['invoice.created']);
    expect(invoice).toMatchObject({ subtotal: 300, total: 300, currency: 'usd' });
    expect(invoice.lines.data.map(({ description }) => description)).toEqual(['Second', 'First']);
    const pending = await stripe.invoiceItems.list({ customer, pending: true });
    expect(pending.data.map(({ id }) => id)).toEqual([other.id]);
    // A deleted draft gives them back.
    await stripe.invoices.del(invoice.id);
    const again = (await stripe.invoiceItems.list({ customer, pending: true })).data.map(({ id }) => id);
    expect(again).toEqual([other.id, second.id, first.id]);
    const next = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    expect(next.total).toBe(300);
  });

  test('cost what their price says', async () => {
    const { stripe, customer } = await payer(null);
    const product = await stripe.products.create({ name: 'Widget' });
    const price = (more: object) => stripe.prices.create({ product: product.id, currency: 'usd', ...more } as never);
    const cost = async (more: object) => (await stripe.invoiceItems.create({ customer, ...more })).amount;
    const decimal = await price({ unit_amount_decimal: '12.345' });
    // 12.345 × 3 = 37.035 → 37.
    expect(await cost({ pricing: { price: decimal.id }, quantity: 3 })).toBe(37);
    const tiers = await price({
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 10, unit_amount: 100, flat_amount: 50 },
        { up_to: 'inf', unit_amount: 80 },
      ],
    });
    // Ten at 100 and five at 80, and 50 flat.
    expect(await cost({ pricing: { price: tiers.id }, quantity: 15 })).toBe(1000 + 400 + 50);
    const options = await price({ unit_amount: 1000, currency_options: { eur: { unit_amount: 900 } } });
    expect(await cost({ pricing: { price: options.id }, currency: 'eur', quantity: 2 })).toBe(1800);
    // 0.5 × 3.5 = 1.75 → 2.
    expect(await cost({ unit_amount_decimal: '0.5', quantity_decimal: '3.5' })).toBe(2);
    const data = { currency: 'usd', product: product.id, unit_amount: 250 };
    expect(await stripe.invoiceItems.create({ customer, price_data: data, quantity: 2 })).toMatchObject({
      amount: 500,
      description: 'Widget',
    });
  });

  test('are changed while they are pending or on a draft, and the draft follows', async () => {
    const { stripe, customer, retrieve, told } = await payer(null);
    const { id: invoice } = await stripe.invoices.create({ customer });
    const item = await stripe.invoiceItems.create({
      customer,
      invoice,
      unit_amount_decimal: '150' as never,
      quantity: 2,
    });
    expect(await retrieve(invoice)).toMatchObject({ total: 300 });
    told();
    expect(await stripe.invoiceItems.update(item.id, { quantity: 5 })).toMatchObject({ amount: 750, quantity: 5 });
    expect(told()).toEqual(['invoice.updated']);
    expect(await retrieve(invoice)).toMatchObject({ total: 750, amount_due: 750 });
    await stripe.invoiceItems.update(item.id, { amount: 90 });
    const coupon = await stripe.coupons.create({ percent_off: 50 });
    await stripe.invoiceItems.update(item.id, { discounts: [{ coupon: coupon.id }] });
    expect(await retrieve(invoice)).toMatchObject({ subtotal: 90, total: 45 });
    await stripe.invoiceItems.update(item.id, { discountable: false });
    expect(await retrieve(invoice)).toMatchObject({ total: 90 });
    told();
    await stripe.invoiceItems.del(item.id);
    expect(told()).toEqual(['invoiceitem.deleted', 'invoice.updated']);
    expect(await retrieve(invoice)).toMatchObject({ total: 0, lines: { data: [] } });
  });

  test('refused, changing nothing', async () => {
    const open = await payer(null);
    const { stripe, customer } = open;
    const { id: other } = await stripe.customers.create();
    const { id: product } = await stripe.products.create({ name: 'Plan' });
    const monthly = { interval: 'month' } as const;
    const recurring = await stripe.prices.create({ product, currency: 'usd', unit_amount: 1, recurring: monthly });
    const { id: draft } = await stripe.invoices.create({ customer });
    const before = dump(open);
    const refused = async (params: object, param?: string) =>
      expect(await refusal(stripe.invoiceItems.create(params))).toMatchObject({
        statusCode: 400,
        ...(param && { param }),
      });
    await refused({ customer });
    await refused({ amount: 100 }, 'customer');
    await refused({ customer: 'cus_none', amount: 100 }, 'customer');
    await refused({ customer, amount: 100, unit_amount_decimal: '1' });
    await refused({ customer, amount: 100, quantity: 2 }, 'quantity');
    await refused({ customer, unit_amount_decimal: '1.0000000000001' }, 'unit_amount_decimal');
    await refused({ customer, pricing: { price: recurring.id } }, 'pricing[price]');
    await refused({ customer, pricing: { price: 'price_none' } }, 'pricing[price]');
    await refused({ customer: other, invoice: draft, amount: 100 }, 'invoice');
    await refused({ customer, invoice: draft, amount: 100, currency: 'eur' }, 'currency');
    await refused({ customer, amount: 100, tax_rates: ['txr_none'] }, 'tax_rates[0]');
    await refused({ customer, amount: 100, period: { start: 2, end: 1 } }, 'period[end]');
    expect(dump(open)).toBe(before);
  });
});

describe('lines', () => {
  test('are added, changed and taken off a draft', async () => {
    const { stripe, customer, told } = await payer(null);
    const pending = await stripe.invoiceItems.create({ customer, amount: 100, description: 'Pending' });
    const { id } = await stripe.invoices.create({ customer });
    told();
    const added = await stripe.invoices.addLines(id, {
      lines: [{ invoice_item: pending.id }, { amount: 250, description: 'New' }],
      invoice_metadata: { order: '6735' },
    });
    expect(told()).toEqual(['invoiceitem.created', 'invoice.updated']);
    expect(added).toMatchObject({ total: 350, metadata: { order: '6735' } });
    const [first, second] = added.lines.data;
    const changed = await stripe.invoices.updateLines(id, { lines: [{ id: second!.id, amount: 300 }] });
    expect(changed.total).toBe(400);
    const line = await stripe.invoices.updateLineItem(id, first!.id, { description: 'Renamed' });
    expect(line).toMatchObject({ id: first!.id, description: 'Renamed', amount: 100 });
    expect(await stripe.invoiceItems.retrieve(pending.id)).toMatchObject({ description: 'Renamed' });
    const lines = [
      { id: first!.id, behavior: 'unassign' as const },
      { id: second!.id, behavior: 'delete' as const },
    ];
    expect(await stripe.invoices.removeLines(id, { lines })).toMatchObject({ total: 0 });
    const left = await stripe.invoiceItems.list({ customer });
    expect(left.data).toMatchObject([{ id: pending.id, invoice: null }]);
    expect(await refusal(stripe.invoices.updateLineItem(id, 'il_none', {}))).toMatchObject({ statusCode: 404 });
  });

  test('are shown ten at a time on the invoice, and all of them in a list', async () => {
    const { stripe, draft } = await payer(null);
    const { id, lines, total } = await draft(Array.from({ length: 23 }, (_, i) => i + 1));
    expect(total).toBe((23 * 24) / 2);
    expect([lines.data.length, lines.has_more]).toEqual([10, true]);
    const amounts: number[] = [];
    for await (const { amount } of stripe.invoices.listLineItems(id, { limit: 7 })) amounts.push(amount);
    expect(amounts).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  });
});

describe('a preview', () => {
  test('is the invoice that would come, and leaves nothing behind', async () => {
    const open = await payer(null, { balance: -40 });
    const { stripe, customer } = open;
    const item = await stripe.invoiceItems.create({ customer, amount: 100 });
    const coupon = await stripe.coupons.create({ percent_off: 10, max_redemptions: 1 });
    const before = dump(open);
    const preview = await stripe.invoices.createPreview({
      customer,
      discounts: [{ coupon: coupon.id }],
      invoice_items: [{ amount: 50 }, { invoiceitem: item.id, amount: 200 }],
    });
    // 50 and 200, less 10 %: 225, of which 40 are credit.
    expect(preview).toMatchObject({ status: 'draft', subtotal: 250, total: 225, amount_due: 185 });
    expect(preview.id).toMatch(/^upcoming_in_/);
    expect(dump(open)).toBe(before);
    const { total } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    expect(total).toBe(100);
  });

  test('of nothing is refused', async () => {
    const { stripe, customer } = await payer(null);
    expect(await refusal(stripe.invoices.createPreview({ customer }))).toMatchObject({
      statusCode: 404,
      code: 'invoice_upcoming_none',
    });
  });
});
