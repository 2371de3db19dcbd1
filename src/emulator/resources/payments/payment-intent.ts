import { stripeError } from '../../http/errors.ts';
import { became, created, defineResource, type Change } from '../define.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';
import { applyCustomerBalance } from './bank-transfer.ts';
import { mustFit } from './client-secret.ts';
import { cancel, capture, confirm, create, update } from './intent-operations.ts';
import { authenticate } from './intent-outcomes.ts';
import { verificationFailed, verifyMicrodeposits } from './intent-verification.ts';

type Rule = Change<'payment_intent'>;
/** Whether an attempt failed in this commit. Counted, because two failures in a row leave the same status. */
const failed = ({ before, after }: Rule) =>
  Number(after.hidden['failures'] ?? 0) > Number(before?.hidden['failures'] ?? 0);
const capturable = ({ before, after }: Rule) =>
  after.object.amount_capturable > 0 && after.object.amount_capturable !== (before?.object.amount_capturable ?? 0);
const partiallyFunded = ({ before, after }: Rule) =>
  after.object.status === 'requires_action' &&
  Number(after.hidden['funded'] ?? 0) > Number(before?.hidden['funded'] ?? 0);

export const paymentIntent = defineResource('payment_intent', {
  prefix: 'pi',
  operations: {
    'paymentIntents.create': create,
    'paymentIntents.retrieve': ({ tx, params, path }) => {
      const intent = need(tx, 'payment_intent', path[0]!, 'intent');
      mustFit(intent, params['client_secret'] as string | undefined);
      return intent;
    },
    'paymentIntents.update': update,
    'paymentIntents.confirm': confirm,
    'paymentIntents.capture': capture,
    'paymentIntents.cancel': cancel,
    'paymentIntents.applyCustomerBalance': applyCustomerBalance,
    'paymentIntents.verifyMicrodeposits': verifyMicrodeposits,
    'paymentIntents.incrementAuthorization': ({ tx, path }) => {
      const intent = need(tx, 'payment_intent', path[0]!, 'intent');
      throw stripeError('wrong_state', [
        `PaymentIntent ${intent.id} does not support incremental authorization: no test card does.`,
      ]);
    },
  },
  actions: {
    authenticate: {
      outcomes: ['succeed', 'fail'],
      run: (tx, id, outcome) => authenticate(tx, id, outcome === 'succeed'),
    },
  },
  events: [
    // Told as it was before the same request went on to confirm it.
    { type: 'payment_intent.created', when: created, rank: RANK.intentCreated, shows: 'start' },
    { type: 'payment_intent.requires_action', when: became('status', 'requires_action'), rank: RANK.intent },
    { type: 'payment_intent.processing', when: became('status', 'processing'), rank: RANK.intent },
    { type: 'payment_intent.amount_capturable_updated', when: capturable, rank: RANK.intent },
    { type: 'payment_intent.partially_funded', when: partiallyFunded, rank: RANK.partiallyFunded },
    { type: 'payment_intent.payment_failed', when: failed, rank: RANK.intent },
    { type: 'payment_intent.succeeded', when: became('status', 'succeeded'), rank: RANK.intent },
    { type: 'payment_intent.canceled', when: became('status', 'canceled'), rank: RANK.intent },
  ],
  timers: [
    {
      name: 'verify',
      at: (_, hidden) => hidden['verifyBy'] as number | null,
      run: (tx, { id }) => verificationFailed(tx, id),
    },
  ],
});
