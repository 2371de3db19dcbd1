import { expect, test } from 'vitest';
import { parseQuery } from '../../../src/emulator/resources/search/query.ts';
import { SEARCH_FIELDS } from '../../../src/emulator/resources/search/fields.ts';
import { schema } from '../../../src/stripe/schema.ts';
import { NOW, start } from '../sdk.ts';
import { refusal } from '../worlds.ts';

async function people() {
  const open = start();
  const { stripe, time } = open;
  for (const [name, email, metadata] of [
    ['Jenny Rosen', 'jenny.rosen@example.com', { plan: 'gold' }],
    ['Amy', 'amy@rocketrides.io', { plan: 'silver', 'odd "key"': "it's" }],
    ['Bob', 'bob@example.com', {}],
  ] as const) {
    await stripe.customers.create({ name, email, metadata });
    await time.advance(open.world.clock.now() + 60);
  }
  const names = async (query: string) =>
    (await stripe.customers.search({ query })).data.map(({ name }) => name).toReversed();
  return { ...open, names };
}

test.each<[string, string[]]>([
  ['email:"AMY@rocketrides.io"', ['Amy']],
  ["email:'amy@rocketrides.io'", ['Amy']],
  ['email~"example"', ['Jenny Rosen', 'Bob']],
  ['-email~"example"', ['Amy']],
  ['name:"Jenny"', []],
  ["metadata['plan']:'gold'", ['Jenny Rosen']],
  ['metadata["plan"]:null', ['Bob']],
  ['-metadata["plan"]:null', ['Jenny Rosen', 'Amy']],
  ['metadata["odd \\"key\\""]:"it\'s"', ['Amy']],
  [`created>${NOW}`, ['Amy', 'Bob']],
  [`created>=${NOW} created<${NOW + 120}`, ['Jenny Rosen', 'Amy']],
  [`created:${NOW}`, ['Jenny Rosen']],
  ['email~"example" AND -name:"bob"', ['Jenny Rosen']],
  ['name:"bob" or name:"amy"', ['Amy', 'Bob']],
  ['  name:"Amy"   email~"rides" ', ['Amy']],
  ['phone:null name:"bob"', ['Bob']],
])('%s finds %j', async (query, expected) => {
  const { names } = await people();
  expect(await names(query)).toEqual(expected);
});

test.each([
  ['', 'empty string'],
  ['jenny', 'unable to parse'],
  ['name="jenny"', 'unable to parse'],
  ['name:"jenny', 'unable to parse'],
  ['(name:"jenny")', 'unable to parse'],
  ['name:"a" AND', 'unable to parse'],
  ['name:"a"name:"b"', 'unable to parse'],
  ['name:"a" AND name:"b" OR name:"c"', 'AND and OR'],
  ['balance:5', 'Field `balance` is an unsupported search field for resource `customers`'],
  ['constructor:"x"', 'unsupported search field'],
  ['metadata:"gold"', 'requires a key'],
  ['name["x"]:"gold"', 'has no keys'],
  ['metadata["plan"]~"gold"', 'operator `~` is not supported'],
  ['name>5', 'operator `>` is not supported'],
  ['created:"soon"', 'is numeric'],
  ['name~"je"', 'at least 3 characters'],
  [Array.from({ length: 11 }, () => 'name:"a"').join(' '), 'at most 10'],
])('%s is refused, and why is said', async (query, why) => {
  const { stripe } = start();
  const refused = await refusal(stripe.customers.search({ query }));
  expect(refused).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
  expect(refused.message).toContain(why);
});

test('pages go on where the last one ended, whatever is created meanwhile', async () => {
  const { stripe } = start();
  for (let i = 0; i < 5; i++) await stripe.customers.create({ name: 'Jenny', metadata: { i } });
  await stripe.customers.create({ name: 'Bob' });
  const seen: string[] = [];
  let page: string | undefined;
  do {
    const result = await stripe.customers.search({ query: 'name:"jenny"', limit: 2, ...(page && { page }) });
    seen.push(...result.data.map(({ metadata }) => metadata['i']!));
    expect(result.has_more).toBe(result.next_page !== null);
    page = result.next_page ?? undefined;
    await stripe.customers.create({ name: 'Jenny', metadata: { i: 'late' } });
    // A page that begins where it should not would never let this end.
  } while (page && seen.length < 10);
  expect(seen).toEqual(['4', '3', '2', '1', '0']);
  const all: string[] = [];
  for await (const { metadata } of stripe.customers.search({ query: '-metadata["i"]:"late" name:"jenny"', limit: 2 }))
    all.push(metadata['i']!);
  expect(all).toEqual(['4', '3', '2', '1', '0']);
  expect(await refusal(stripe.customers.search({ query: 'name:"jenny"', page: 'cus_1' }))).toMatchObject({
    param: 'page',
  });
});

test('what is paid for is found by whose it is, by its card and by its state', async () => {
  const { stripe } = start();
  const { id: customer } = await stripe.customers.create({ source: 'tok_visa' });
  const charge = await stripe.charges.create({ amount: 1500, currency: 'usd', customer });
  await stripe.charges.create({ amount: 900, currency: 'eur', source: 'tok_mastercard' });
  await stripe.refunds.create({ charge: charge.id });
  const charges = async (query: string) => (await stripe.charges.search({ query })).data.map(({ amount }) => amount);
  expect(await charges(`customer:"${customer}"`)).toEqual([1500]);
  expect(await charges('payment_method_details.card.last4:4242')).toEqual([1500]);
  expect(await charges('payment_method_details.card.brand:"mastercard" amount<1000')).toEqual([900]);
  expect(await charges('refunded:"true" OR currency:"EUR"')).toEqual([900, 1500]);
  await stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
  const intents = await stripe.paymentIntents.search({ query: 'status:"requires_payment_method" -currency:"eur"' });
  expect(intents.data.map(({ amount }) => amount)).toEqual([700]);
});

test('the catalogue is found by name and key', async () => {
  const { stripe } = start();
  const { id: product } = await stripe.products.create({ name: 'Large hat', shippable: true });
  await stripe.prices.create({ currency: 'usd', product, unit_amount: 5, lookup_key: 'hat_basic' });
  const found = async (query: string) => (await stripe.prices.search({ query })).data.length;
  expect([
    await found(`product:"${product}"`),
    await found('lookup_key~"basic"'),
    await found('active:"false"'),
  ]).toEqual([1, 1, 0]);
  expect((await stripe.products.search({ query: 'name~"HAT" AND shippable:"true"' })).data).toHaveLength(1);
});

test('everything that Stripe can search has its fields here', () => {
  const searchable = schema().operations.flatMap(({ returns }) =>
    returns.kind === 'search' && returns.of.kind === 'ref' ? [returns.of.to[0]!] : [],
  );
  expect(Object.keys(SEARCH_FIELDS).toSorted()).toEqual(searchable.toSorted());
  for (const [object, fields] of Object.entries(SEARCH_FIELDS))
    for (const { path } of Object.values(fields))
      expect(schema().objects[object]!.fields, `${object}.${path}`).toHaveProperty([path.split('.')[0]!]);
});

test('a query is read into its clauses', () => {
  expect(parseQuery('-email:"a\\"b" AND total>=10.5')).toEqual({
    any: false,
    clauses: [
      { field: 'email', operator: ':', value: 'a"b', negated: true },
      { field: 'total', operator: '>=', value: 10.5, negated: false },
    ],
  });
});
