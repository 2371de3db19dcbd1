import type Stripe from 'stripe';
import { NOW, type start } from '../sdk.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
type Open = ReturnType<typeof start>;
const declines = (call: Promise<unknown>) => call.catch(() => undefined);

/** A customer whose invoices are paid with a card. */
const payer = (stripe: Stripe, payment_method = 'pm_card_visa') =>
  stripe.customers.create({
    email: 'jenny@example.com',
    address: { line1: '1 Main Street', country: 'US' },
    payment_method,
    invoice_settings: { default_payment_method: payment_method },
  });

/** What is billed and credited, once: between them they fire every event of an invoice. */
export const INVOICE_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async invoices({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const vat = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: true });
    const coupon = await stripe.coupons.create({ percent_off: 10 });
    const item = await stripe.invoiceItems.create({ customer, amount: 2000, discounts: [{ coupon: coupon.id }] });
    await stripe.invoiceItems.update(item.id, { amount: 2500, tax_rates: [vat.id] });
    const gone = await stripe.invoiceItems.create({ customer, amount: 100 });
    await stripe.invoiceItems.del(gone.id);
    const { id } = await stripe.invoices.create({
      customer,
      auto_advance: true,
      pending_invoice_items_behavior: 'include',
      discounts: [{ coupon: coupon.id }],
      shipping_details: { name: 'Jenny', address: { line1: '1 Main Street' } },
      rendering: { amount_tax_display: 'include_inclusive_tax' },
      payment_settings: { payment_method_types: ['card'] },
      custom_fields: [{ name: 'Order', value: '6735' }],
    });
    const { lines } = await stripe.invoices.addLines(id, { lines: [{ amount: 500 }, { amount: 700 }] });
    await stripe.invoices.updateLines(id, { lines: [{ id: lines.data[1]!.id, amount: 600 }] });
    await stripe.invoices.updateLineItem(id, lines.data[1]!.id, { description: 'Extra' });
    await stripe.invoices.removeLines(id, { lines: [{ id: lines.data[2]!.id, behavior: 'unassign' }] });
    await stripe.invoices.createPreview({ customer });
    await time.advance(NOW + 2 * HOUR);
    const draft = await stripe.invoices.create({ customer });
    await stripe.invoices.del(draft.id);
  },
  async sentInvoices({ stripe, time, dashboard }) {
    dashboard({ willBeDueDays: 3, overdueDays: 1 });
    const { id: customer } = await payer(stripe);
    const send = async () => {
      const { id } = await stripe.invoices.create({
        customer,
        collection_method: 'send_invoice',
        days_until_due: 10,
      });
      await stripe.invoices.addLines(id, { lines: [{ amount: 2000 }] });
      return stripe.invoices.sendInvoice(id);
    };
    await stripe.invoices.pay((await send()).id, { paid_out_of_band: true });
    await stripe.invoices.voidInvoice((await send()).id);
    const { id } = await send();
    await time.advance(NOW + 20 * DAY);
    await stripe.invoices.markUncollectible(id);
  },
  async failedInvoices({ stripe, time, act }) {
    for (const card of ['pm_card_chargeCustomerFail', 'pm_card_authenticationRequired']) {
      const { id: customer } = await payer(stripe, card);
      const { id } = await stripe.invoices.create({ customer, auto_advance: true });
      await stripe.invoices.addLines(id, { lines: [{ amount: 2000 }] });
      await declines(stripe.invoices.pay(id));
      const { payments } = await stripe.invoices.retrieve(id, { expand: ['payments', 'confirmation_secret'] });
      const payment_intent = payments!.data[0]!.payment.payment_intent as string;
      if (card.endsWith('Required')) act({ action: 'authenticate', payment_intent, outcome: 'succeed' });
    }
    await time.advance(NOW + 30 * DAY);
  },
  async creditNotes({ stripe, time }) {
    const { id: customer } = await payer(stripe);
    const vat = await stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const { id: invoice } = await stripe.invoices.create({ customer, default_tax_rates: [vat.id] });
    const { lines } = await stripe.invoices.addLines(invoice, { lines: [{ amount: 5000 }] });
    await stripe.invoices.finalizeInvoice(invoice);
    const note = await stripe.creditNotes.create({ invoice, amount: 100 });
    await stripe.creditNotes.update(note.id, { memo: 'Sorry', metadata: { a: '1' } });
    await stripe.creditNotes.voidCreditNote(note.id);
    await stripe.invoices.pay(invoice);
    const line = { type: 'invoice_line_item', invoice_line_item: lines.data[0]!.id, amount: 1000 } as const;
    await stripe.creditNotes.create({ invoice, lines: [line], refund_amount: 1200 });
    await stripe.creditNotes.create({ invoice, lines: [line], credit_amount: 1200 });
    await stripe.customers.createBalanceTransaction(customer, { amount: -100, currency: 'usd' });
    await time.advance(NOW + 60);
  },
  async cashBalance({ stripe }) {
    const { id } = await stripe.customers.create({ balance: -100 });
    await stripe.customers.retrieveCashBalance(id);
    await stripe.customers.updateCashBalance(id, { settings: { reconciliation_mode: 'manual' } });
    await stripe.testHelpers.customers.fundCashBalance(id, { amount: 1000, currency: 'usd' });
  },
};
