import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import type { Call } from '../../define.ts';
import { mergeMetadata } from '../../metadata.ts';
import { noSuch } from '../../references.ts';
import { asCredits, asTaxes, exemptionOf } from '../invoices/line.ts';
import type { DiscountAmount } from '../math/discounts.ts';
import type { TaxAmount } from '../math/tax.ts';
import { creditLine, total, wholeAmount, type Credited, type CreditedLine } from './line.ts';
import { creditOpen, creditPaid } from './settle.ts';

export type IssueParams = Stripe.CreditNoteCreateParams;

/** Issues a credit note: an open invoice is owed less, what was paid comes back as the parameters say. */
export function issue({ tx, params: given }: Call): Stored<'credit_note'> {
  const params = given as unknown as IssueParams;
  const invoice = tx.get('invoice', params.invoice);
  if (!invoice) throw noSuch('invoice', params.invoice, 'invoice');
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw stripeError('wrong_state', [
      `Credit notes can only be issued for open or paid invoices; ${invoice.id} is ${invoice.status}.`,
    ]);
  if (params.shipping_cost)
    throw stripeError('paybell_not_modelled', ['crediting the cost of shipping'], 'shipping_cost');
  const lines = linesFor(tx, invoice, params);
  const amount = lines.reduce((sum, line) => sum + line.total, 0);
  mustBeCreditable(invoice, amount, params);
  const id = insert(tx, invoice, params, given, lines, amount);
  if (invoice.status === 'open') creditOpen(tx, id, params);
  else creditPaid(tx, id, params);
  return tx.get('credit_note', id)!;
}

function linesFor(tx: Transaction, invoice: Stored<'invoice'>, { amount, lines }: IssueParams): CreditedLine[] {
  if (amount === undefined && !lines?.length)
    throw stripeError('missing', ['You must specify one of `amount`, `lines` or `shipping_cost`.'], 'amount');
  if (!lines?.length) return [wholeAmount(tx, invoice, amount!)];
  const credited: Record<string, number> = { ...creditedOf(tx, invoice.id) };
  return lines.map((line, i) => {
    const made = creditLine(tx, invoice, line, credited, `lines[${i}]`);
    const of = made.item.invoice_line_item;
    if (of) credited[of] = (credited[of] ?? 0) + made.item.amount;
    return made;
  });
}

const creditedOf = (tx: Transaction, invoice: string) =>
  (tx.row('invoice', invoice)!.hidden['credited'] as Credited | undefined) ?? {};

function mustBeCreditable(invoice: Stored<'invoice'>, amount: number, params: IssueParams): void {
  if (params.amount !== undefined && params.amount !== amount)
    throw stripeError(
      'missing',
      [`The amount (${params.amount}) is not what the lines come to (${amount}).`],
      'amount',
    );
  if (amount < 1) throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  const { total, pre_payment_credit_notes_amount: before, post_payment_credit_notes_amount: after } = invoice;
  const left = invoice.status === 'open' ? invoice.amount_remaining : total - before - after;
  if (amount > left)
    throw stripeError(
      'missing',
      [
        `The sum of credit notes on ${invoice.id} cannot exceed what it is over: ${amount} is more than the ${left} that are left.`,
      ],
      'amount',
    );
}

function insert(
  tx: Transaction,
  invoice: Stored<'invoice'>,
  params: IssueParams,
  given: JsonObject,
  lines: CreditedLine[],
  amount: number,
): string {
  const id = tx.id('cn');
  const items = lines.map(({ item }) => item);
  const discounts = byKey<DiscountAmount>(
    lines.flatMap((line) => line.discounts),
    ({ discount }) => discount,
  );
  const taxes = byKey<TaxAmount>(
    lines.flatMap((line) => line.taxes),
    ({ rate }) => rate,
  );
  const subtotal = total(items);
  const contained = total(taxes.filter(({ inclusive }) => inclusive));
  const open = invoice.status === 'open';
  const number = Number(tx.row('invoice', invoice.id)!.hidden['creditNotes'] ?? 0) + 1;
  tx.insert(
    'credit_note',
    {
      id,
      object: 'credit_note',
      amount,
      amount_shipping: 0,
      created: tx.now,
      currency: invoice.currency,
      customer: invoice.customer as string,
      discount_amount: total(discounts),
      discount_amounts: discounts,
      effective_at: params.effective_at ?? tx.now,
      invoice: invoice.id,
      lines: {
        object: 'list',
        data: items.slice(0, 10),
        has_more: items.length > 10,
        url: `/v1/credit_notes/${id}/lines`,
      },
      livemode: false,
      memo: params.memo ?? null,
      metadata: mergeMetadata({}, given['metadata']),
      number: `${invoice.number}-CN-${String(number).padStart(2, '0')}`,
      pdf: `https://pay.stripe.com/credit_notes/acct_1Paybell/test_${tx.text(40)}/pdf?s=ap`,
      post_payment_amount: open ? 0 : amount,
      pre_payment_amount: open ? amount : 0,
      pretax_credit_amounts: asCredits(discounts),
      reason: params.reason ?? null,
      refunds: [],
      status: 'issued',
      subtotal,
      subtotal_excluding_tax: subtotal - contained,
      total: amount,
      total_excluding_tax: subtotal - total(discounts) - contained,
      total_taxes: asTaxes(taxes, exemptionOf(invoice.customer_tax_exempt)),
      type: open ? 'pre_payment' : 'post_payment',
    } as unknown as Partial<Stored<'credit_note'>>,
    { items },
  );
  const credited: Record<string, number> = { ...creditedOf(tx, invoice.id) };
  for (const { invoice_line_item: line, amount: gross } of items)
    if (line) credited[line] = (credited[line] ?? 0) + gross;
  tx.update('invoice', invoice.id, {}, { creditNotes: number, credited });
  return id;
}

/** Amounts of the same discount or rate as one. */
function byKey<Each extends { amount: number; taxable?: number }>(
  all: readonly Each[],
  key: (each: Each) => string,
): Each[] {
  const sums = new Map<string, Each>();
  for (const each of all) {
    const before = sums.get(key(each));
    const sum = before && { ...each, amount: before.amount + each.amount };
    sums.set(
      key(each),
      sum && each.taxable !== undefined ? { ...sum, taxable: before!.taxable! + each.taxable } : (sum ?? each),
    );
  }
  return [...sums.values()];
}
