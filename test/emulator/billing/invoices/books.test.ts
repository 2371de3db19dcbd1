import * as fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { runs, SEEDS } from '../../property.ts';
import { dump } from '../../worlds.ts';
import { DAY, HOUR, payer } from './payer.ts';

type Open = Awaited<ReturnType<typeof payer>> & { rates: string[]; coupons: string[] };

/** One thing somebody might do; `pick` chooses among what exists, and what is impossible is refused. */
type Step = { what: keyof typeof STEPS; amount: number; pick: number; card: string };

const of = (list: { id: string }[], pick: number) => (list.length ? list[pick % list.length]!.id : 'none_1');
const draftOf = async ({ stripe }: Open, pick: number) =>
  of((await stripe.invoices.list({ status: 'draft' })).data, pick);
const openOf = async ({ stripe }: Open, pick: number) =>
  of((await stripe.invoices.list({ status: 'open' })).data, pick);
const tax = ({ rates }: Open, pick: number) => (pick % 3 ? { tax_rates: rates.slice(0, 1 + (pick % 2)) } : {});
const discount = ({ coupons }: Open, pick: number) =>
  pick % 4 === 0 ? { discounts: [{ coupon: coupons[pick % coupons.length]! }] } : {};

const STEPS = {
  item: (open: Open, { amount, pick }: Step) =>
    open.stripe.invoiceItems.create({ customer: open.customer, amount, ...tax(open, pick), ...discount(open, pick) }),
  units: async (open: Open, { amount, pick }: Step) =>
    open.stripe.invoiceItems.create({
      customer: open.customer,
      invoice: await draftOf(open, pick),
      unit_amount_decimal: `${amount}.${pick}` as never,
      quantity: pick % 7,
      ...discount(open, pick + 1),
    }),
  edit: async (open: Open, { amount, pick }: Step) => {
    const { data } = await open.stripe.invoiceItems.list();
    return open.stripe.invoiceItems.update(of(data, pick), pick % 2 ? { amount } : { discountable: pick % 4 === 0 });
  },
  remove: async ({ stripe }: Open, { pick }: Step) =>
    stripe.invoiceItems.del(of((await stripe.invoiceItems.list()).data, pick)),
  create: (open: Open, { pick }: Step) =>
    open.stripe.invoices.create({
      customer: open.customer,
      pending_invoice_items_behavior: 'include',
      auto_advance: pick % 3 === 0,
      default_tax_rates: open.rates.slice(pick % 3),
      ...discount(open, pick),
      ...(pick % 5 === 0 && { collection_method: 'send_invoice' as const, days_until_due: 10 }),
    }),
  add: async (open: Open, { amount, pick }: Step) =>
    open.stripe.invoices.addLines(await draftOf(open, pick), { lines: [{ amount }, { amount: -pick }] }),
  take: async (open: Open, { pick }: Step) => {
    const id = await draftOf(open, pick);
    const line = of((await open.stripe.invoices.retrieve(id)).lines.data, pick);
    return open.stripe.invoices.removeLines(id, { lines: [{ id: line, behavior: pick % 2 ? 'delete' : 'unassign' }] });
  },
  change: async (open: Open, { pick }: Step) =>
    open.stripe.invoices.update(await draftOf(open, pick), {
      default_tax_rates: open.rates.slice(pick % 3),
      ...discount(open, pick),
    }),
  drop: async (open: Open, { pick }: Step) => open.stripe.invoices.del(await draftOf(open, pick)),
  finalize: async (open: Open, { pick }: Step) => open.stripe.invoices.finalizeInvoice(await draftOf(open, pick)),
  pay: async (open: Open, { pick, card }: Step) =>
    open.stripe.invoices.pay(await openOf(open, pick), pick % 2 ? { payment_method: card } : {}),
  outside: async (open: Open, { pick }: Step) =>
    open.stripe.invoices.pay(await openOf(open, pick), { paid_out_of_band: true }),
  void: async (open: Open, { pick }: Step) => open.stripe.invoices.voidInvoice(await openOf(open, pick)),
  writeOff: async (open: Open, { pick }: Step) => open.stripe.invoices.markUncollectible(await openOf(open, pick)),
  credit: async ({ stripe }: Open, { amount: most, pick }: Step) => {
    const amount = Math.ceil(most / 4);
    const { data } = await stripe.invoices.list(pick % 2 ? { status: 'open' } : {});
    const invoice = data[pick % Math.max(1, data.length)];
    const back = ['refund_amount', 'credit_amount', 'out_of_band_amount'][pick % 3]!;
    return stripe.creditNotes.create({
      invoice: invoice?.id ?? 'none_1',
      amount,
      ...(invoice?.status === 'paid' && { [back]: amount }),
    });
  },
  uncredit: async ({ stripe }: Open, { pick }: Step) =>
    stripe.creditNotes.voidCreditNote(of((await stripe.creditNotes.list()).data, pick)),
  adjust: ({ stripe, customer }: Open, { amount, pick }: Step) =>
    stripe.customers.createBalanceTransaction(customer, { amount: pick % 2 ? amount : -amount, currency: 'usd' }),
  preview: ({ stripe, customer }: Open, { amount }: Step) =>
    stripe.invoices.createPreview({ customer, invoice_items: [{ amount }] }),
  wait: async ({ time, world }: Open, { pick }: Step) =>
    time.advance(world.clock.now() + [1, 20, HOUR, DAY, 12 * DAY][pick % 5]!),
} satisfies Record<string, (open: Open, step: Step) => unknown>;

// The way to a paid invoice is long: what leads there comes more often.
const OFTEN = ['item', 'create', 'add', 'finalize', 'finalize', 'pay', 'pay', 'credit', 'credit', 'uncredit'] as const;
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[]), ...OFTEN, ...OFTEN),
  amount: fc.integer({ min: 1, max: 4000 }),
  pick: fc.nat({ max: 1000 }),
  card: fc.constantFrom('pm_card_visa', 'pm_card_visa_chargeDeclined', 'pm_card_authenticationRequired'),
});

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const sum = <T>(list: readonly T[], amount: (item: T) => number | null | undefined) =>
  list.reduce((total, item) => total + (amount(item) ?? 0), 0);
const amounts = (list: readonly { amount: number }[] | null | undefined) => sum(list ?? [], ({ amount }) => amount);

async function balanced({ stripe, customer }: Open) {
  const invoices = await all(stripe.invoices.list({ limit: 100, expand: ['data.payments'] }));
  for (const invoice of invoices) await adds(stripe, invoice);
  const moves = await all(stripe.customers.listBalanceTransactions(customer, { limit: 100 }));
  const { balance } = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
  expect(balance).toBe(amounts(moves));
  expect(moves[0]?.ending_balance ?? 0).toBe(balance);
  const charges = (await all(stripe.charges.list({ limit: 100 }))).filter(({ paid }) => paid);
  expect(amounts(charges)).toBe(
    sum(invoices, ({ amount_paid, amount_paid_off_stripe = 0 }) => amount_paid - amount_paid_off_stripe),
  );
}

/** What must be true of an invoice at any time. */
async function adds(stripe: Stripe, invoice: Stripe.Invoice) {
  const lines = await all(stripe.invoices.listLineItems(invoice.id, { limit: 100 }));
  const exclusive = (taxes: Stripe.Invoice['total_taxes']) =>
    amounts(taxes?.filter(({ tax_behavior }) => tax_behavior === 'exclusive'));
  const { total, subtotal, amount_due, amount_paid, amount_remaining, starting_balance, status } = invoice;
  expect(subtotal).toBe(amounts(lines));
  expect(amounts(invoice.total_discount_amounts)).toBe(sum(lines, (line) => amounts(line.discount_amounts)));
  expect(amounts(invoice.total_taxes)).toBe(sum(lines, ({ taxes }) => amounts(taxes)));
  expect(total).toBe(subtotal - amounts(invoice.total_discount_amounts) + exclusive(invoice.total_taxes));
  expect(invoice.total_excluding_tax).toBe(total - amounts(invoice.total_taxes));
  expect(amount_remaining).toBe(amount_due - amount_paid);
  expect(Math.min(amount_due, amount_paid, amount_remaining)).toBeGreaterThanOrEqual(0);
  const credited = invoice.pre_payment_credit_notes_amount;
  if (status !== 'draft') {
    // Everything is due, left on the balance, or credited.
    expect(total + starting_balance).toBe(amount_due + invoice.ending_balance! + credited);
    const due = Math.max(0, total + starting_balance);
    if (due >= 50 || invoice.collection_method === 'send_invoice') expect(amount_due + credited).toBe(due);
  }
  if (status === 'paid') expect(amount_remaining).toBe(0);
  const payments = invoice.payments!.data.filter((payment) => payment.status === 'paid');
  expect(amount_paid).toBe(sum(payments, (payment) => payment.amount_paid) + (invoice.amount_paid_off_stripe ?? 0));
  const notes = (await stripe.creditNotes.list({ invoice: invoice.id })).data.filter(
    (note) => note.status === 'issued',
  );
  expect(credited).toBe(sum(notes, (note) => note.pre_payment_amount));
  expect(invoice.post_payment_credit_notes_amount).toBe(sum(notes, (note) => note.post_payment_amount));
}

test.each(SEEDS)(
  'whatever is done, every invoice adds up, and what is refused changes nothing (seed %i)',
  async (seed) => {
    const tally = { done: 0, refused: 0, kept: 0 };
    const fired = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const base = await payer();
        const rate = async (percentage: number, inclusive: boolean) =>
          (await base.stripe.taxRates.create({ display_name: 'Tax', percentage, inclusive })).id;
        const rates = [await rate(19, true), await rate(8.25, false)];
        const percent = await base.stripe.coupons.create({ percent_off: 12.5 });
        const amount = await base.stripe.coupons.create({ amount_off: 777, currency: 'usd', duration: 'forever' });
        const open: Open = { ...base, rates, coupons: [percent.id, amount.id] };
        for (const each of steps) {
          const before = dump(open);
          try {
            await STEPS[each.what](open, each);
            tally.done++;
          } catch (error) {
            const { statusCode, message } = error as { statusCode?: number; message: string };
            expect(statusCode, message).toBeLessThan(500);
            if (statusCode === 402) tally.kept++;
            else {
              tally.refused++;
              expect(dump(open)).toBe(before);
            }
          }
        }
        await balanced(open);
        await open.time.advance(open.world.clock.now() + 60 * DAY);
        await balanced(open);
        expect([...open.world.filled.entries()]).toEqual([]);
        for (const { event } of open.world.log.all) fired.add(event.type);
      }),
      { seed, numRuns: runs(40) },
    );
    // The sequences do reach what they are meant to.
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
    for (const type of ['invoice.paid', 'invoice.payment_succeeded', 'credit_note.created'])
      expect(fired).toContain(type);
  },
);
