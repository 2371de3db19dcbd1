import { describe, expect, test } from 'vitest';
import { NOW, start, typesOf } from '../sdk.ts';
import { refusal } from '../worlds.ts';
import { CARD_FACTS, PAID } from './facts.ts';

const known = CARD_FACTS.flatMap((fact) =>
  fact.paymentMethod ? [{ ...fact, paymentMethod: fact.paymentMethod }] : [],
);

/** The types in their order, without the bookkeeping that follows a capture, and each only once. */
const story = (types: string[]) => [...new Set(types.filter((type) => type !== 'charge.updated'))];

describe.each(known.map((fact) => [fact.paymentMethod, fact] as const))('%s', (payment_method, fact) => {
  const declined = fact.events?.includes('charge.failed') === true;
  const pay = async () => {
    const open = start();
    const answer = open.stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true });
    const intent = await answer.catch(
      (error: { payment_intent?: unknown }) => error.payment_intent as Awaited<typeof answer>,
    );
    return { ...open, answer, intent };
  };

  test(fact.behaviour, async () => {
    const { world, time, act, intent } = await pay();
    await time.advance(NOW + 20);
    // Radar's default rule puts elevated risk in front of somebody.
    const reviewed = /elevated/.test(fact.behaviour) ? ['review.opened'] : [];
    const available = /available balance|non-US charge/.test(fact.behaviour) ? ['balance.available'] : [];
    expect(story(typesOf(world))).toEqual([...(fact.events ?? PAID), ...reviewed, ...available]);
    const status = declined ? 'requires_payment_method' : fact.after ? 'requires_action' : 'succeeded';
    expect(intent.status).toBe(status);
    if (!fact.after) return;

    const from = world.log.all.length;
    act({ action: 'authenticate', payment_intent: intent.id, outcome: 'succeed' });
    await time.advance(NOW + 40);
    expect(story(typesOf(world).slice(from))).toEqual(fact.after);
  });

  if (declined)
    test('answers with 402, and keeps what happened', async () => {
      const { answer, stripe, intent } = await pay();
      const error = await refusal(answer);
      expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code: fact.code ?? 'card_declined' });
      if (fact.code) expect(error.raw['decline_code']).toBe(fact.declineCode);
      const kept = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
      expect(kept.last_payment_error).toMatchObject({ code: error.code, charge: error.charge });
      expect(kept.latest_charge).toMatchObject({
        id: error.charge,
        status: 'failed',
        failure_code: error.code,
        paid: false,
      });
      const outcome = fact.group === 'radar' ? 'blocked' : 'issuer_declined';
      expect(kept.latest_charge).toHaveProperty('outcome.type', outcome);
    });
});

test('most cards are here', () => {
  expect(known.length).toBeGreaterThanOrEqual(60);
});
