import { expect, test } from 'vitest';
import { dump, refusal } from '../../worlds.ts';
import { payer } from '../invoices/payer.ts';

test('bank transfers are kept by currency', async () => {
  const { stripe, customer, told, world } = await payer(null);
  expect(await stripe.customers.retrieveCashBalance(customer)).toMatchObject({
    object: 'cash_balance',
    available: null,
    customer,
    settings: { reconciliation_mode: 'automatic', using_merchant_default: true },
  });
  told();
  const fund = (amount: number, currency: string) =>
    stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency, reference: 'INV-1' });
  const first = await fund(1000, 'usd');
  expect(first).toMatchObject({
    type: 'funded',
    net_amount: 1000,
    ending_balance: 1000,
    funded: { bank_transfer: { type: 'us_bank_transfer', reference: 'INV-1' } },
  });
  expect(told()).toEqual(['customer_cash_balance_transaction.created', 'cash_balance.funds_available']);
  expect(world.log.all.at(-1)!.event['data']).toMatchObject({ object: { available: { usd: 1000 }, customer } });
  expect(await fund(500, 'usd')).toMatchObject({ ending_balance: 1500 });
  await fund(200, 'eur');
  expect(await stripe.customers.retrieveCashBalance(customer)).toMatchObject({ available: { usd: 1500, eur: 200 } });
  const { data } = await stripe.customers.listCashBalanceTransactions(customer);
  expect(data.map(({ net_amount, currency }) => [net_amount, currency])).toEqual([
    [200, 'eur'],
    [500, 'usd'],
    [1000, 'usd'],
  ]);
  expect(await stripe.customers.retrieveCashBalanceTransaction(customer, first.id)).toEqual(first);
});

test('how transfers are matched is the customer’s setting, or the account’s', async () => {
  const { stripe, customer } = await payer(null, { cash_balance: { settings: { reconciliation_mode: 'manual' } } });
  const settings = async () => (await stripe.customers.retrieveCashBalance(customer)).settings;
  expect(await settings()).toEqual({ reconciliation_mode: 'manual', using_merchant_default: false });
  await stripe.customers.updateCashBalance(customer, { settings: { reconciliation_mode: 'merchant_default' } });
  expect(await settings()).toEqual({ reconciliation_mode: 'automatic', using_merchant_default: true });
});

test('refused, changing nothing', async () => {
  const open = await payer(null);
  const { stripe, customer } = open;
  const before = dump(open);
  const fund = (amount: number, currency: string, id = customer) =>
    refusal(stripe.testHelpers.customers.fundCashBalance(id, { amount, currency }));
  expect(await fund(100, 'sek')).toMatchObject({ statusCode: 400, param: 'currency' });
  expect(await fund(0, 'usd')).toMatchObject({ statusCode: 400, param: 'amount' });
  expect(await fund(100, 'usd', 'cus_none')).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.customers.retrieveCashBalance('cus_none'))).toMatchObject({ statusCode: 404 });
  expect(dump(open)).toBe(before);
});
