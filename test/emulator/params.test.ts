import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { send } from './http.ts';
import { start } from './sdk.ts';
import { dump, refusal } from './worlds.ts';

type Wrong = { call: (stripe: Stripe) => Promise<unknown>; code?: string; param: string; says: string };

// What is wrong is wrong on purpose: the SDK's types would not let it through.
const wrong: Record<string, Wrong> = {
  'an unknown parameter, with what was probably meant': {
    call: (stripe) => stripe.charges.create({ amuont: 100, currency: 'usd' } as never),
    code: 'parameter_unknown',
    param: 'amuont',
    says: 'Received unknown parameter: amuont. Did you mean amount?',
  },
  'an unknown parameter like no other': {
    call: (stripe) => stripe.customers.create({ zzzzzzzzzz: 1 } as never),
    code: 'parameter_unknown',
    param: 'zzzzzzzzzz',
    says: 'Received unknown parameter: zzzzzzzzzz',
  },
  'an unknown parameter inside a hash': {
    call: (stripe) => stripe.customers.create({ address: { lien1: 'x' } } as never),
    code: 'parameter_unknown',
    param: 'address[lien1]',
    says: 'Received unknown parameter: address[lien1]. Did you mean line1?',
  },
  'a name that every object has': {
    call: (stripe) => stripe.customers.create({ constructor: 'x' } as never),
    code: 'parameter_unknown',
    param: 'constructor',
    says: 'Received unknown parameter: constructor',
  },
  'a missing amount': {
    call: (stripe) => stripe.charges.create({ currency: 'usd', source: 'tok_visa' } as never),
    code: 'parameter_missing',
    param: 'amount',
    says: 'Missing required param: amount.',
  },
  'a missing currency': {
    call: (stripe) => stripe.paymentIntents.create({ amount: 100 } as never),
    code: 'parameter_missing',
    param: 'currency',
    says: 'Missing required param: currency.',
  },
  'a missing member of a hash': {
    call: (stripe) =>
      stripe.charges.create({ amount: 100, currency: 'usd', source: 'tok_visa', shipping: { name: 'J' } } as never),
    code: 'parameter_missing',
    param: 'shipping[address]',
    says: 'Missing required param: shipping[address].',
  },
  'a single value inside a hash of a hash': {
    call: (stripe) =>
      stripe.charges.create({
        amount: 100,
        currency: 'usd',
        source: 'tok_visa',
        shipping: { name: 'J', address: { line1: { no: 1 } } },
      } as never),
    param: 'shipping[address][line1]',
    says: 'Invalid shipping[address][line1]',
  },
  'an empty string for what cannot be unset': {
    call: (stripe) => stripe.charges.create({ amount: '', currency: 'usd' } as never),
    code: 'parameter_invalid_empty',
    param: 'amount',
    says: "You passed an empty string for 'amount'",
  },
  'text where an integer belongs': {
    call: (stripe) => stripe.charges.create({ amount: 'ten', currency: 'usd' } as never),
    code: 'parameter_invalid_integer',
    param: 'amount',
    says: 'Invalid integer: ten',
  },
  'a fraction where an integer belongs': {
    call: (stripe) => stripe.charges.create({ amount: 10.5, currency: 'usd' }),
    code: 'parameter_invalid_integer',
    param: 'amount',
    says: 'Invalid integer: 10.5',
  },
  'text where a boolean belongs': {
    call: (stripe) => stripe.charges.create({ amount: 100, currency: 'usd', capture: 'yes' } as never),
    param: 'capture',
    says: 'Invalid capture: must be true or false',
  },
  'a value that is none of those possible': {
    call: (stripe) => stripe.refunds.create({ charge: 'ch_1', reason: 'boredom' } as never),
    param: 'reason',
    says: 'must be one of duplicate, fraudulent, requested_by_customer',
  },
  'a currency that does not exist': {
    call: (stripe) => stripe.charges.create({ amount: 100, currency: 'zzz', source: 'tok_visa' }),
    param: 'currency',
    says: "there is no currency 'zzz'",
  },
  'a single value where a list belongs': {
    call: (stripe) => stripe.customers.create({ preferred_locales: 'en' } as never),
    param: 'preferred_locales',
    says: 'an array is expected',
  },
  'a single value where a hash belongs': {
    call: (stripe) => stripe.customers.create({ address: 'Main Street' } as never),
    param: 'address',
    says: 'a hash is expected',
  },
  'an amount below what can be charged': {
    call: (stripe) => stripe.charges.create({ amount: 49, currency: 'usd', source: 'tok_visa' }),
    code: 'amount_too_small',
    param: 'amount',
    says: '$0.50 usd',
  },
  'an amount above what can be charged': {
    call: (stripe) => stripe.charges.create({ amount: 100_000_000, currency: 'usd', source: 'tok_visa' }),
    code: 'amount_too_large',
    param: 'amount',
    says: '$999,999.99 usd',
  },
  'a limit beyond a page': {
    call: (stripe) => stripe.charges.list({ limit: 101 }),
    param: 'limit',
    says: 'between 1 and 100',
  },
  'a reference that the object cannot be without': {
    call: (stripe) => stripe.issuing.disputes.create({}),
    code: 'parameter_missing',
    param: 'transaction',
    says: 'Missing required param: transaction.',
  },
  'a reference to nothing, of an object without behaviour': {
    call: (stripe) => stripe.issuing.cards.create({ currency: 'usd', type: 'virtual', cardholder: 'ich_none' }),
    code: 'resource_missing',
    param: 'cardholder',
    says: "No such cardholder: 'ich_none'",
  },
  'a reference to nothing': {
    call: (stripe) => stripe.charges.create({ amount: 100, currency: 'usd', customer: 'cus_none' }),
    code: 'resource_missing',
    param: 'customer',
    says: "No such customer: 'cus_none'",
  },
  'a cursor that names nothing': {
    call: (stripe) => stripe.paymentIntents.list({ starting_after: 'pi_none' }),
    code: 'resource_missing',
    param: 'starting_after',
    says: "No such payment intent: 'pi_none'",
  },
};

test.each(Object.entries(wrong))('%s', async (_, { call, code, param, says }) => {
  const { stripe, ...open } = start();
  const before = dump(open);
  const error = await refusal(call(stripe));
  expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
  expect({ status: error.statusCode, code: error.code, param: error.param }).toEqual({ status: 400, code, param });
  expect(error.message).toContain(says);
  expect(error.requestId).toMatch(/^req_/);
  expect(dump(open)).toBe(before);
});

test('an object that a path names and does not exist is a 404', async () => {
  const { stripe } = start();
  const error = await refusal(stripe.charges.retrieve('ch_none'));
  expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
  expect(error.message).toContain("No such charge: 'ch_none'");
});

test('minimums follow the currency, and a currency without minor units has whole ones', async () => {
  const { stripe } = start();
  const yen = await stripe.charges.create({ amount: 50, currency: 'JPY', source: 'tok_visa' });
  expect(yen).toMatchObject({ amount: 50, currency: 'jpy' });
  const error = await refusal(stripe.charges.create({ amount: 49, currency: 'jpy', source: 'tok_visa' }));
  expect(error.message).toContain('¥50 jpy');
});

describe('metadata', () => {
  test('given keys are merged, empty ones go, empty metadata clears all', async () => {
    const { stripe } = start();
    const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } });
    const update = async (params: Stripe.CustomerUpdateParams) => (await stripe.customers.update(id, params)).metadata;
    expect(await update({ metadata: { b: '3', c: '4' } })).toEqual({ a: '1', b: '3', c: '4' });
    expect(await update({ metadata: { a: '' } })).toEqual({ b: '3', c: '4' });
    expect(await update({ description: 'x' })).toEqual({ b: '3', c: '4' });
    expect(await update({ metadata: '' })).toEqual({});
  });

  test('the same for an object without behaviour of its own', async () => {
    const { stripe } = start();
    const { id } = await stripe.products.create({ name: 'Tea', metadata: { a: '1', b: '2' } });
    expect((await stripe.products.update(id, { metadata: { a: '', c: '3' } })).metadata).toEqual({ b: '2', c: '3' });
    expect((await stripe.products.update(id, { metadata: '' })).metadata).toEqual({});
  });

  test('any name is a name', async () => {
    const { emulator } = start();
    const body = 'metadata[__proto__]=a&metadata[constructor]=b&metadata[with space]=c';
    const { body: customer } = await send(emulator, 'POST', '/v1/customers', { body: body.replaceAll(' ', '%20') });
    expect(Object.entries(customer['metadata']!)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['with space', 'c'],
    ]);
  });
});

test('an empty string unsets what may be unset', async () => {
  const { stripe } = start();
  const { id } = await stripe.customers.create({ description: 'x', address: { line1: 'y' } });
  const customer = await stripe.customers.update(id, { description: '', address: '' });
  expect(customer).toMatchObject({ description: null, address: null });
});
