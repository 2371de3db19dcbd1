import { expect, test } from 'vitest';
import type Stripe from 'stripe';
import { NOW, start, typesOf } from '../../sdk.ts';
import { dump, refusal } from '../../worlds.ts';

const MONTHLY = { interval: 'month' } as const;
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
const product = async (stripe: Stripe) => (await stripe.products.create({ name: 'Seats' })).id;
const events = (world: ReturnType<typeof start>['world'], from = 0) =>
  world.log.all
    .slice(from)
    .map(({ event }) => plain(event) as { type: string; data: { previous_attributes?: unknown } });

test('a price shows its amount whole and as a decimal, whichever was given', async () => {
  const { stripe } = start();
  const id = await product(stripe);
  const amounts = async (params: Partial<Stripe.PriceCreateParams>) => {
    const { unit_amount, unit_amount_decimal } = await stripe.prices.create({
      currency: 'usd',
      product: id,
      ...params,
    });
    return [unit_amount, unit_amount_decimal && String(unit_amount_decimal)];
  };
  expect(await amounts({ unit_amount: 1050 })).toEqual([1050, '1050']);
  expect(await amounts({ unit_amount_decimal: '0.050' as never })).toEqual([null, '0.05']);
  expect(await amounts({ unit_amount_decimal: '12.0' as never })).toEqual([12, '12']);
  expect(await amounts({ custom_unit_amount: { enabled: true } })).toEqual([null, null]);
});

test.each<[string, Record<string, unknown>, string]>([
  ['no amount', {}, 'unit_amount'],
  ['two amounts', { unit_amount: 5, unit_amount_decimal: '5' }, 'unit_amount_decimal'],
  ['a negative amount', { unit_amount: -5 }, 'unit_amount'],
  ['thirteen decimals', { unit_amount_decimal: '0.0000000000001' }, 'unit_amount_decimal'],
  ['tiers without a mode', { billing_scheme: 'tiered', tiers: [{ up_to: 'inf', unit_amount: 5 }] }, 'tiers_mode'],
  ['tiers of a per-unit price', { tiers: [{ up_to: 'inf', unit_amount: 5 }] }, 'tiers'],
  [
    'tiers that do not ascend',
    {
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [5, 5, 'inf'].map((up_to) => ({ up_to, unit_amount: 5 })),
    },
    'tiers[1][up_to]',
  ],
  [
    'tiers with an end',
    { billing_scheme: 'tiered', tiers_mode: 'volume', tiers: [{ up_to: 5, unit_amount: 5 }] },
    'tiers[0][up_to]',
  ],
  [
    'too long an interval',
    { unit_amount: 5, recurring: { interval: 'year', interval_count: 4 } },
    'recurring[interval_count]',
  ],
  [
    'usage without a meter',
    { unit_amount: 5, recurring: { interval: 'month', usage_type: 'metered' } },
    'recurring[meter]',
  ],
  ['a chosen amount that recurs', { custom_unit_amount: { enabled: true }, recurring: MONTHLY }, 'custom_unit_amount'],
  [
    'its own currency as an option',
    { unit_amount: 5, currency_options: { usd: { unit_amount: 5 } } },
    'currency_options[usd]',
  ],
  ['two products', { unit_amount: 5, product_data: { name: 'x' } }, 'product_data'],
])('a price with %s is refused, and nothing is kept', async (_, params, param) => {
  const { stripe, ...open } = start();
  const id = await product(stripe);
  const before = dump(open);
  const refused = await refusal(stripe.prices.create({ currency: 'usd', product: id, ...params }));
  expect(refused).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', param });
  expect(dump(open)).toBe(before);
});

test('tiers and other currencies are shown when asked for, and in no event', async () => {
  const { stripe, world } = start();
  const id = await product(stripe);
  const tiers: Stripe.PriceCreateParams.Tier[] = [
    { up_to: 5, unit_amount: 700 },
    { up_to: 'inf', flat_amount: 10 },
  ];
  const created = await stripe.prices.create({
    currency: 'usd',
    product: id,
    recurring: MONTHLY,
    billing_scheme: 'tiered',
    tiers_mode: 'volume',
    tiers,
    currency_options: { eur: { tiers: [{ up_to: 'inf', unit_amount: 600 }] } },
  });
  expect(created).not.toHaveProperty('tiers');
  expect(created).not.toHaveProperty('currency_options');
  const shown = plain(await stripe.prices.retrieve(created.id, { expand: ['tiers', 'currency_options'] }));
  const none = { flat_amount: null, flat_amount_decimal: null };
  const first = { up_to: 5, unit_amount: 700, unit_amount_decimal: '700', ...none };
  const last = {
    up_to: null,
    unit_amount: null,
    unit_amount_decimal: null,
    flat_amount: 10,
    flat_amount_decimal: '10',
  };
  expect(shown['tiers']).toEqual([first, last]);
  expect(shown['currency_options']).toMatchObject({
    usd: { tiers: [first, last] },
    eur: { tiers: [{ up_to: null, unit_amount: 600, unit_amount_decimal: '600', ...none }] },
  });
  expect(plain(await stripe.plans.retrieve(created.id, { expand: ['tiers'] }))['tiers']).toEqual([first, last]);
  const listed = await stripe.prices.list({ product: id, expand: ['data.tiers'] });
  expect(plain(listed.data[0])['tiers']).toEqual([first, last]);
  expect(JSON.stringify(world.log.all)).not.toContain('up_to');
  const updated = await stripe.prices.update(created.id, {
    currency_options: { gbp: { tiers: [{ up_to: 'inf', unit_amount: 500 }] } },
    expand: ['currency_options'],
  });
  expect(Object.keys(updated.currency_options!)).toEqual(['usd', 'eur', 'gbp']);
});

test('a recurring price is a plan, too, under the same id', async () => {
  const { stripe, world } = start();
  const id = await product(stripe);
  await stripe.prices.create({ currency: 'usd', product: id, unit_amount: 5 });
  const price = await stripe.prices.create({ currency: 'usd', product: id, unit_amount: 2000, recurring: MONTHLY });
  const plan = await stripe.plans.create({ currency: 'eur', interval: 'year', amount: 9900, product: id, id: 'gold' });
  expect(plan).toMatchObject({ id: 'gold', object: 'plan', amount: 9900, interval: 'year', usage_type: 'licensed' });
  expect(await stripe.prices.retrieve('gold')).toMatchObject({ object: 'price', unit_amount: 9900, type: 'recurring' });
  expect((await stripe.plans.list()).data.map(({ id }) => id)).toEqual(['gold', price.id]);
  expect((await stripe.prices.list({ recurring: { interval: 'year' } })).data.map(({ id }) => id)).toEqual(['gold']);
  expect(
    await refusal(stripe.plans.create({ currency: 'usd', interval: 'day', amount: 1, product: id, id: 'gold' })),
  ).toMatchObject({
    code: 'resource_already_exists',
  });
  const from = world.log.all.length;
  await stripe.plans.update('gold', { nickname: 'Gold', trial_period_days: 7 });
  await stripe.plans.del('gold');
  expect(events(world, from).map(({ type, data }) => [type, data.previous_attributes])).toEqual([
    ['plan.updated', { nickname: null, trial_period_days: null }],
    ['price.updated', { nickname: null, recurring: { trial_period_days: null } }],
    ['plan.deleted', undefined],
    ['price.deleted', undefined],
  ]);
  expect(await refusal(stripe.prices.retrieve('gold'))).toMatchObject({ statusCode: 404 });
  expect(await refusal(stripe.plans.retrieve('gold'))).toMatchObject({ statusCode: 404 });
});

test('a one-time price fires no plan event, and a change that a plan does not show none either', async () => {
  const { stripe, world } = start();
  const id = await product(stripe);
  const once = await stripe.prices.create({ currency: 'usd', product: id, unit_amount: 5 });
  await stripe.prices.update(once.id, { nickname: 'x' });
  const monthly = await stripe.prices.create({ currency: 'usd', product: id, unit_amount: 5, recurring: MONTHLY });
  await stripe.prices.update(monthly.id, { lookup_key: 'basic' });
  expect(typesOf(world).slice(1)).toEqual([
    'price.created',
    'price.updated',
    'plan.created',
    'price.created',
    'price.updated',
  ]);
});

test('a lookup key names one price, and is handed over only on request', async () => {
  const { stripe } = start();
  const id = await product(stripe);
  const make = (more: object) =>
    stripe.prices.create({ currency: 'usd', product: id, unit_amount: 5, lookup_key: 'basic', ...more });
  const first = await make({});
  expect((await refusal(make({}))).message).toContain('already uses that lookup key');
  const second = await make({ transfer_lookup_key: true });
  expect(await stripe.prices.retrieve(first.id)).toMatchObject({ lookup_key: null });
  expect((await stripe.prices.list({ lookup_keys: ['basic', 'other'] })).data.map(({ id }) => id)).toEqual([second.id]);
  await stripe.prices.update(second.id, { lookup_key: 'basic' });
  expect(await refusal(stripe.prices.update(first.id, { lookup_key: 'basic' }))).toMatchObject({ param: 'lookup_key' });
});

test('what a price costs never changes', async () => {
  const { stripe } = start();
  const { id } = await stripe.prices.create({ currency: 'usd', product: await product(stripe), unit_amount: 5 });
  expect(await refusal(stripe.prices.update(id, { unit_amount: 6 } as never))).toMatchObject({
    code: 'parameter_unknown',
  });
  await stripe.prices.update(id, { tax_behavior: 'inclusive' });
  expect(await refusal(stripe.prices.update(id, { tax_behavior: 'exclusive' }))).toMatchObject({
    param: 'tax_behavior',
  });
});

test('a product with prices stays, and its default price cannot be archived', async () => {
  const { stripe, time } = start();
  const { id, default_price: price } = await stripe.products.create({
    name: 'Starter',
    default_price_data: { currency: 'usd', unit_amount: 2000, recurring: MONTHLY },
  });
  expect(await stripe.prices.retrieve(price as string)).toMatchObject({ product: id, unit_amount: 2000 });
  expect((await refusal(stripe.products.del(id))).message).toContain('cannot be deleted because it has one or more');
  expect((await refusal(stripe.prices.update(price as string, { active: false }))).message).toContain('default price');
  const other = await stripe.prices.create({ currency: 'usd', unit_amount: 1, product_data: { name: 'Other' } });
  expect(await refusal(stripe.products.update(id, { default_price: other.id }))).toMatchObject({
    param: 'default_price',
  });
  await time.advance(NOW + 60);
  const next = await stripe.prices.create({ currency: 'usd', unit_amount: 2500, product: id });
  expect(await stripe.products.update(id, { default_price: next.id })).toMatchObject({ updated: NOW + 60 });
  expect(await stripe.prices.update(price as string, { active: false })).toMatchObject({ active: false });
  // Nothing changed: nothing is told.
  expect(await stripe.products.update(id, { name: 'Starter' })).toMatchObject({ updated: NOW + 60 });
  await stripe.plans.del(price as string);
  expect(await stripe.products.retrieve(id)).toMatchObject({ default_price: next.id });
});

test('the product is told before its price, and the plan before the price', async () => {
  const { stripe, world } = start();
  await stripe.prices.create({ currency: 'usd', unit_amount: 5, recurring: MONTHLY, product_data: { name: 'x' } });
  expect(typesOf(world)).toEqual(['product.created', 'plan.created', 'price.created']);
});

test('an amount that the customer chooses is billed by nobody else', async () => {
  const open = start();
  const { stripe } = open;
  const { id: customer } = await stripe.customers.create();
  const { id: price } = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Tip' },
    custom_unit_amount: { enabled: true, preset: 500 },
  });
  const before = dump(open);
  for (const [call, param] of [
    [() => stripe.invoiceItems.create({ customer, pricing: { price } }), 'pricing[price]'],
    [() => stripe.quotes.create({ customer, line_items: [{ price }] }), 'line_items[0][price]'],
  ] as const)
    expect(await refusal(call())).toMatchObject({
      statusCode: 400,
      param,
      message: expect.stringContaining('custom amount'),
    });
  expect(dump(open)).toBe(before);
});
