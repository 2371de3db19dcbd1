import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import { giveDiscount } from '../../conformance/catalogue-flows.ts';
import { NOW, start, typesOf } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';

test('everything a customer may be told is kept', async () => {
  const { stripe } = start();
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: NOW });
  const { id } = await stripe.customers.create({
    balance: -500,
    business_name: 'Jenny Ltd',
    cash_balance: { settings: { reconciliation_mode: 'manual' } },
    invoice_prefix: 'JENNY',
    invoice_settings: {
      custom_fields: [{ name: 'PO', value: '6735' }],
      footer: 'Thanks',
      rendering_options: { amount_tax_display: 'exclude_tax' },
    },
    next_invoice_sequence: 7,
    preferred_locales: ['de', 'en'],
    tax_exempt: 'reverse',
    test_clock,
  });
  const shown = (await stripe.customers.retrieve(id, { expand: ['test_clock'] })) as Stripe.Customer;
  expect(shown).toMatchObject({
    balance: -500,
    business_name: 'Jenny Ltd',
    invoice_prefix: 'JENNY',
    invoice_settings: {
      custom_fields: [{ name: 'PO', value: '6735' }],
      default_payment_method: null,
      footer: 'Thanks',
      rendering_options: { amount_tax_display: 'exclude_tax', template: null },
    },
    next_invoice_sequence: 7,
    preferred_locales: ['de', 'en'],
    tax_exempt: 'reverse',
    test_clock: { id: test_clock, frozen_time: NOW },
  });
  const unset = await stripe.customers.update(id, { business_name: '', invoice_settings: { custom_fields: '' } });
  expect(unset).not.toHaveProperty('business_name');
  expect(unset.invoice_settings).toMatchObject({ custom_fields: null, footer: 'Thanks' });
});

test.each<[string, Stripe.CustomerCreateParams, string]>([
  ['a clock that is not there', { test_clock: 'clock_x' }, 'test_clock'],
  ['a prefix that cannot be one', { invoice_prefix: 'a-b' }, 'invoice_prefix'],
  ['a number no tax office gives', { tax_id_data: [{ type: 'eu_vat', value: '12' }] }, 'tax_id_data[0][value]'],
  ['a place nobody knows', { tax: { validate_location: 'immediately' } }, 'tax[validate_location]'],
  [
    'five fields of its own',
    { invoice_settings: { custom_fields: [1, 2, 3, 4, 5].map((n) => ({ name: `f${n}`, value: 'x' })) } },
    'invoice_settings[custom_fields]',
  ],
])('a customer with %s is refused, and nothing is kept', async (_, params, param) => {
  const { stripe, ...open } = start();
  const before = dump(open);
  expect(await refusal(stripe.customers.create(params))).toMatchObject({ statusCode: 400, param });
  expect(dump(open)).toBe(before);
});

test('where goods are sent decides where a customer is taxed', async () => {
  const { stripe } = start();
  const { id } = await stripe.customers.create({ address: { country: 'US', state: 'NY' } });
  const tax = async () => ((await stripe.customers.retrieve(id, { expand: ['tax'] })) as Stripe.Customer).tax;
  expect(await tax()).toMatchObject({
    automatic_tax: 'supported',
    location: { country: 'US', state: 'NY', source: 'billing_address' },
  });
  await stripe.customers.update(id, { shipping: { name: 'J', address: { country: 'DE' } } });
  expect(await tax()).toMatchObject({ location: { country: 'DE', state: null, source: 'shipping_destination' } });
});

test('a tax id is looked up, and what comes of it is told', async () => {
  const { stripe, time, world } = start();
  const { id } = await stripe.customers.create({ name: 'Jenny GmbH', address: { line1: 'Weg 1', city: 'Bonn' } });
  const make = async (type: string, value: string) =>
    (await stripe.customers.createTaxId(id, { type: type as 'eu_vat', value })).id;
  const ids = [
    await make('eu_vat', 'DE000000000'),
    await make('eu_vat', 'EL111111111'),
    await make('au_abn', '222222222'),
    await make('us_ein', '12-3456789'),
  ];
  const states = () =>
    Promise.all(ids.map(async (taxId) => (await stripe.customers.retrieveTaxId(id, taxId)).verification?.status));
  expect(await states()).toEqual(['pending', 'pending', 'pending', 'unavailable']);
  await time.advance(NOW + 60);
  expect(await states()).toEqual(['verified', 'unverified', 'pending', 'unavailable']);
  expect(await stripe.customers.retrieveTaxId(id, ids[0]!)).toMatchObject({
    country: 'DE',
    owner: { type: 'customer', customer: id },
    verification: { verified_name: 'Jenny GmbH', verified_address: 'Weg 1, Bonn' },
  });
  expect(await stripe.customers.retrieveTaxId(id, ids[1]!)).toMatchObject({
    country: 'GR',
    verification: { verified_name: null },
  });
  const updates = world.log.all.filter(({ event }) => event.type === 'customer.tax_id.updated');
  expect(updates.map(({ event }) => (event as never as Stripe.Event).data.previous_attributes)).toMatchObject([
    { verification: { status: 'pending' } },
    { verification: { status: 'pending' } },
  ]);
});

test('the account’s own tax ids are its own, and announced to nobody', async () => {
  const { stripe, world } = start();
  const { id: customer } = await stripe.customers.create({});
  const own = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
  const theirs = await stripe.taxIds.create({
    type: 'us_ein',
    value: '12-3456789',
    owner: { type: 'customer', customer },
  });
  const ids = async (params?: Stripe.TaxIdListParams) => (await stripe.taxIds.list(params)).data.map(({ id }) => id);
  expect(await ids()).toEqual([own.id]);
  expect(await ids({ owner: { type: 'customer', customer } })).toEqual([theirs.id]);
  expect((await stripe.customers.listTaxIds(customer)).data.map(({ id }) => id)).toEqual([theirs.id]);
  expect(own).toMatchObject({ owner: { type: 'self' }, customer: null });
  expect(typesOf(world)).toEqual(['customer.created', 'customer.tax_id.created']);
});

test('a tax rate’s percentage is between none and all, and stays what it is', async () => {
  const { stripe } = start();
  const make = (percentage: number) => stripe.taxRates.create({ display_name: 'VAT', inclusive: true, percentage });
  for (const percentage of [-1, 101, 8.87654])
    expect(await refusal(make(percentage))).toMatchObject({ param: 'percentage' });
  const { id } = await make(19);
  expect(await stripe.taxRates.update(id, { active: false, display_name: 'USt' })).toMatchObject({
    active: false,
    display_name: 'USt',
    percentage: 19,
    effective_percentage: 19,
  });
  expect(await refusal(stripe.taxRates.update(id, { percentage: 7 } as never))).toMatchObject({
    code: 'parameter_unknown',
  });
  expect((await stripe.taxRates.list({ inclusive: true, active: false })).data.map(({ id }) => id)).toEqual([id]);
});

test('with a customer goes what it had, and then the customer', async () => {
  const { stripe, world } = start();
  const customer = await stripe.customers.create({ source: 'tok_visa', payment_method: 'pm_card_amex' });
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'forever' });
  await giveDiscount(stripe, customer.id, { coupon });
  const from = world.log.all.length;
  await stripe.customers.del(customer.id);
  const told = world.log.all.slice(from).map(({ event }) => event as never as Stripe.Event);
  expect(told.map(({ type }) => type)).toEqual([
    'customer.source.deleted',
    'payment_method.detached',
    'payment_method.detached',
    'customer.discount.deleted',
    'customer.deleted',
  ]);
  expect(told.at(-1)!.data.object).toMatchObject({
    id: customer.id,
    object: 'customer',
    default_source: customer.default_source,
  });
  for (const { type, data } of told)
    if (type === 'payment_method.detached') expect(data.previous_attributes).toEqual({ customer: customer.id });
});
