import { describe, expect, test } from 'vitest';
import { start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { CARD_FACTS } from './facts.ts';

const refused = CARD_FACTS.flatMap(({ attachable, paymentMethod, ...fact }) =>
  attachable === false && paymentMethod ? [{ ...fact, paymentMethod }] : [],
);

test('eight cards cannot be saved', () => expect(refused).toHaveLength(8));

describe.each(refused)('$paymentMethod cannot be saved', ({ paymentMethod, code }) => {
  test('and nothing is kept or told of the attempt', async () => {
    const { stripe, ...open } = start();
    const { id: customer } = await stripe.customers.create({});
    const before = dump(open);
    const settings = { default_payment_method: paymentMethod };
    for (const attempt of [
      () => stripe.paymentMethods.attach(paymentMethod, { customer }),
      () => stripe.customers.create({ payment_method: paymentMethod }),
      () => stripe.customers.create({ payment_method: paymentMethod, invoice_settings: settings }),
    ]) {
      expect(await refusal(attempt())).toMatchObject({ type: 'StripeCardError', statusCode: 402, code });
      expect(dump(open)).toBe(before);
    }
  });
});

test('the card that is declined when charged can be saved, and is then declined', async () => {
  const { stripe, world } = start();
  const { id: customer } = await stripe.customers.create({ source: 'tok_chargeCustomerFail' });
  expect(await refusal(stripe.charges.create({ amount: 500, currency: 'usd', customer }))).toMatchObject({
    code: 'card_declined',
  });
  expect(typesOf(world)).toEqual([
    'customer.created',
    'customer.source.created',
    'payment_method.attached',
    'charge.failed',
  ]);
});
