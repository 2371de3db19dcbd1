import type { JsonObject } from '../../../base/json.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { defineResource } from '../define.ts';
import { checksOf } from './instrument.ts';
import type { Choice } from './source-choice.ts';

type Attempt = Stored<'setup_attempt'>;

/** One confirmation of a setup intent, and what came of it. No event tells of it. */
export const setupAttempt = defineResource('setup_attempt', { prefix: 'setatt', events: [] });

/** Records that a setup intent is being confirmed. */
export function beginAttempt(tx: Transaction, intent: Stored<'setup_intent'>, choice: Choice): Attempt {
  const attempt = tx.insert('setup_attempt', {
    id: tx.id('setatt'),
    object: 'setup_attempt',
    created: tx.now,
    customer: intent.customer as string | null,
    flow_directions: intent.flow_directions ?? null,
    livemode: false,
    payment_method: choice.paymentMethod,
    payment_method_details: detailsOf(choice, false) as Attempt['payment_method_details'],
    setup_error: null,
    setup_intent: intent.id,
    status: 'requires_confirmation',
    usage: intent.usage,
  });
  tx.update('setup_intent', intent.id, { latest_attempt: attempt.id });
  return attempt;
}

/** How the attempt stands: it waits for the customer, went through, or failed and why. */
export function recordAttempt(
  tx: Transaction,
  intent: string,
  status: 'requires_action' | 'succeeded' | 'failed' | 'abandoned',
  more: { error?: JsonObject; authenticated?: Choice } = {},
): void {
  const attempt = tx.get('setup_attempt', tx.get('setup_intent', intent)!.latest_attempt as string | null);
  if (!attempt) return;
  tx.update('setup_attempt', attempt.id, {
    status,
    ...(more.error && { setup_error: more.error as never }),
    ...(more.authenticated && { payment_method_details: detailsOf(more.authenticated, true) as never }),
  });
}

function detailsOf(choice: Choice, authenticated: boolean): object {
  if (choice.kind === 'bank') return { type: choice.bank.type, [choice.bank.type]: {} };
  if (choice.kind === 'cash') return { type: 'customer_balance' };
  const { card, expMonth, expYear } = choice.instrument;
  return {
    card: {
      brand: card.brand,
      checks: checksOf(choice.instrument),
      country: card.country,
      exp_month: expMonth,
      exp_year: expYear,
      funding: card.funding,
      last4: card.last4,
      network: card.networks?.[0] ?? card.brand,
      three_d_secure: authenticated
        ? {
            authentication_flow: card.threeDSecure?.frictionless ? 'frictionless' : 'challenge',
            electronic_commerce_indicator: '05',
            result: 'authenticated',
            result_reason: null,
            transaction_id: null,
            version: '2.2.0',
          }
        : null,
      wallet: null,
    },
    type: 'card',
  };
}
