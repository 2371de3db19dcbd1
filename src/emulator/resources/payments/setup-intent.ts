import { became, created, defineResource, type Change } from '../define.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';
import { mustFit } from './client-secret.ts';
import { cancel, confirm, create, update, verificationFailed, verifyMicrodeposits } from './setup-operations.ts';
import { authenticateSetup } from './setup-outcomes.ts';

/** Counted, because two failures in a row leave the same status. */
const failed = ({ before, after }: Change<'setup_intent'>) =>
  Number(after.hidden['failures'] ?? 0) > Number(before?.hidden['failures'] ?? 0);

/** Setting a payment method up for payments to come, without taking any money. */
export const setupIntent = defineResource('setup_intent', {
  prefix: 'seti',
  operations: {
    'setupIntents.create': create,
    'setupIntents.retrieve': ({ tx, params, path }) => {
      const intent = need(tx, 'setup_intent', path[0]!, 'intent');
      mustFit(intent, params['client_secret'] as string | undefined);
      return intent;
    },
    'setupIntents.update': update,
    'setupIntents.confirm': confirm,
    'setupIntents.cancel': cancel,
    'setupIntents.verifyMicrodeposits': verifyMicrodeposits,
  },
  actions: {
    authenticate: {
      outcomes: ['succeed', 'fail'],
      run: (tx, id, outcome) => authenticateSetup(tx, id, outcome === 'succeed'),
    },
  },
  events: [
    // Told as it was before the same request went on to confirm it.
    { type: 'setup_intent.created', when: created, rank: RANK.intentCreated, shows: 'start' },
    { type: 'setup_intent.requires_action', when: became('status', 'requires_action'), rank: RANK.intent },
    { type: 'setup_intent.setup_failed', when: failed, rank: RANK.intent },
    { type: 'setup_intent.succeeded', when: became('status', 'succeeded'), rank: RANK.intent },
    { type: 'setup_intent.canceled', when: became('status', 'canceled'), rank: RANK.intent },
  ],
  timers: [
    {
      name: 'verify',
      at: (_, hidden) => hidden['verifyBy'] as number | null,
      run: (tx, { id }) => void verificationFailed(tx, id),
    },
  ],
});
