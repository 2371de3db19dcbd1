import { describe, expect, test } from 'vitest';
import {
  computeInvoice,
  type BilledInvoice,
  type BilledLine,
} from '../../../../src/emulator/resources/billing/invoices/compute.ts';

const line = (amount: number, more: Partial<BilledLine> = {}): BilledLine => ({
  amount,
  discountable: true,
  product: null,
  discounts: [],
  rates: null,
  ...more,
});
const compute = (lines: BilledLine[], more: Partial<BilledInvoice> = {}) =>
  computeInvoice({
    lines,
    discounts: [],
    rates: [],
    exempt: false,
    shipping: 0,
    startingBalance: 0,
    minimum: 50,
    ...more,
  });
const percent = (id: string, percentOff: number) => ({ id, percentOff, amountOff: null, appliesTo: null });
const off = (id: string, amountOff: number) => ({ id, percentOff: null, amountOff, appliesTo: null });
const exclusive = (percentage: number) => ({ id: `txr_${percentage}`, percentage, inclusive: false });
const inclusive = (percentage: number) => ({ id: `txr_in_${percentage}`, percentage, inclusive: true });

describe('worked by hand', () => {
  test('exclusive tax is rounded per line', () => {
    // 8.25 % of 999 is 82.4175 → 82; of 333 it is 27.4725 → 27. Of the sum, 1332, it would be 109.89 → 110.
    const amounts = compute([line(999), line(333)], { rates: [exclusive(8.25)] });
    expect(amounts.lines.map(({ taxes }) => taxes[0]!.amount)).toEqual([82, 27]);
    expect(amounts).toMatchObject({ subtotal: 1332, total: 1332 + 109, totalExcludingTax: 1332, amountDue: 1441 });
    expect(amounts.taxes).toEqual([{ rate: 'txr_8.25', amount: 109, taxable: 1332, inclusive: false }]);
  });

  test('inclusive tax is in the total already', () => {
    // 19 % contained in 1000: 1000 × 19 / 119 = 159.66 → 160, net 840. In 50: 7.98 → 8, net 42.
    const amounts = compute([line(1000), line(50)], { rates: [inclusive(19)] });
    expect(amounts).toMatchObject({
      subtotal: 1050,
      subtotalExcludingTax: 1050 - 168,
      total: 1050,
      totalExcludingTax: 882,
    });
    expect(amounts.taxes).toEqual([{ rate: 'txr_in_19', amount: 168, taxable: 882, inclusive: true }]);
  });

  test('inclusive and exclusive together, after a discount', () => {
    // 1999 − 25 % (499.75 → 500) = 1499. Contained 7 %: 1499 × 7 / 107 = 98.07 → 98, net 1401. Exclusive 2.5 %: 35.03 → 35.
    const amounts = compute([line(1999)], { discounts: [percent('di_1', 25)], rates: [inclusive(7), exclusive(2.5)] });
    expect(amounts).toMatchObject({ subtotal: 1999, total: 1999 - 500 + 35, totalExcludingTax: 1401 });
    // Without the discount 7 % of 107 % of 1999 would be contained: 130.78 → 131.
    expect(amounts.subtotalExcludingTax).toBe(1999 - 131);
  });

  test('a line’s own discount comes before the invoice’s, its own rates in place of the invoice’s', () => {
    // Line one: 1000 − 10 % = 900. Line two: 500. Then 140 off 1400: 90 and 50, leaving 810 and 450.
    // Tax: 20 % of 810 = 162; 5 % of 450 = 22.5 → 23.
    const lines = [line(1000, { discounts: [percent('di_line', 10)], rates: [exclusive(20)] }), line(500)];
    const amounts = compute(lines, { discounts: [off('di_invoice', 140)], rates: [exclusive(5)] });
    expect(amounts.discounts).toEqual([
      { discount: 'di_line', amount: 100 },
      { discount: 'di_invoice', amount: 140 },
    ]);
    expect(amounts.total).toBe(1500 - 240 + 162 + 23);
  });

  test('an exempt customer sees the rates and pays none of them', () => {
    const { total, taxes } = compute([line(1000)], { rates: [exclusive(20)], exempt: true });
    expect(total).toBe(1000);
    expect(taxes).toEqual([{ rate: 'txr_20', amount: 0, taxable: 0, inclusive: false }]);
  });

  test('the balance is applied: credit reduces what is due, a debt raises it, a rest stays', () => {
    expect(compute([line(1000)], { startingBalance: -300 })).toMatchObject({ amountDue: 700, endingBalance: 0 });
    expect(compute([line(1000)], { startingBalance: -1300 })).toMatchObject({ amountDue: 0, endingBalance: -300 });
    expect(compute([line(1000)], { startingBalance: 200 })).toMatchObject({ amountDue: 1200, endingBalance: 0 });
    expect(compute([line(-1000)])).toMatchObject({ total: -1000, amountDue: 0, endingBalance: -1000 });
  });

  test('what is too little to charge waits on the balance', () => {
    expect(compute([line(49)])).toMatchObject({ total: 49, amountDue: 0, endingBalance: 49 });
    expect(compute([line(50)])).toMatchObject({ total: 50, amountDue: 50, endingBalance: 0 });
  });

  test('shipping is in the total and not in the subtotal', () => {
    expect(compute([line(1000)], { shipping: 450, rates: [exclusive(10)] })).toMatchObject({
      subtotal: 1000,
      total: 1000 + 100 + 450,
      totalExcludingTax: 1450,
    });
  });
});
