import { describe, expect, test } from 'vitest';
import { TEST_CARDS } from '../../../src/stripe/cards/index.ts';
import { start, typesOf } from '../sdk.ts';
import { dump, refusal } from '../worlds.ts';
import { CARD_FACTS } from './facts.ts';

const known = CARD_FACTS.flatMap((fact) => (fact.token ? [{ ...fact, token: fact.token }] : []));
// Some tokens have a second name, so what is known of them is found by their number.
const cards = TEST_CARDS.filter(({ hasTokens }) => hasTokens).flatMap(({ names, number }) =>
  names.map((name) => [`tok_${name}`, CARD_FACTS.find((fact) => fact.number === number)] as const),
);
const tokens: string[] = cards.map(([token]) => token);

test('every token that Stripe’s page names exists, except those it only has payment methods for', () => {
  const setUpOnly = known.filter(({ token }) => !tokens.includes(token)).map(({ token }) => token);
  expect(setUpOnly.every((token) => token.startsWith('tok_authenticationRequired'))).toBe(true);
});

describe.each(cards)('%s', (token, fact) => {
  // 3-D Secure is for intents: a charge by token is asked for nothing.
  const declined = fact?.group !== '3ds' && fact?.events?.includes('charge.failed') === true;

  test('charged', async () => {
    const { stripe, world } = start();
    const call = stripe.charges.create({ amount: 2000, currency: 'usd', source: token });
    if (!declined) {
      expect(await call).toMatchObject({ status: 'succeeded', paid: true, captured: true, source: { object: 'card' } });
      // Radar's default rule puts elevated risk in front of somebody.
      const reviewed = /elevated/i.test(token) ? ['review.opened'] : [];
      const available = token.startsWith('tok_bypassPending') ? ['balance.available'] : [];
      expect(typesOf(world)).toEqual(['charge.succeeded', ...reviewed, ...available]);
      return;
    }
    const error = await refusal(call);
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code: fact.code ?? 'card_declined' });
    if (fact.code) expect(error.raw['decline_code']).toBe(fact.declineCode);
    expect(await stripe.charges.retrieve(error.raw['charge'] as string)).toMatchObject({
      status: 'failed',
      failure_code: error.code,
      failure_message: error.message,
      outcome: { type: fact.group === 'radar' ? 'blocked' : 'issuer_declined' },
    });
    expect(typesOf(world)).toEqual(['charge.failed']);
  });

  test('saved to a customer', async () => {
    const { stripe, ...open } = start();
    const { id } = await stripe.customers.create({});
    const before = dump(open);
    const attempts = [
      () => stripe.customers.createSource(id, { source: token }),
      () => stripe.customers.update(id, { source: token }),
      () => stripe.customers.create({ source: token }),
    ];
    if (fact?.attachable !== false) {
      expect(await attempts[0]!()).toMatchObject({ object: 'card', customer: id });
      return;
    }
    for (const attempt of attempts) {
      expect(await refusal(attempt())).toMatchObject({ type: 'StripeCardError', statusCode: 402, code: fact.code });
      expect(dump(open)).toBe(before);
    }
  });
});

test('the older names of tokens are still answered to', async () => {
  const { stripe } = start();
  for (const source of ['tok_chargeDeclined', 'tok_visa_chargeDeclined', 'tok_chargeDeclinedInsufficientFunds'])
    expect(await refusal(stripe.charges.create({ amount: 2000, currency: 'usd', source }))).toMatchObject({
      code: 'card_declined',
    });
});
