import { PaybellError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { noSuch } from './resources/references.ts';
import type { Resource } from './resources/define.ts';
import { clockOfRequest } from './world/test-clocks.ts';
import type { Transaction } from './world/transaction.ts';
import type { World } from './world/world.ts';

/**
 * Something that happens outside the API: `{ action: 'authenticate', payment_intent: 'pi_…', outcome: 'succeed' }` is a
 * customer who passes 3-D Secure. The object is named as its kind is; `account` is the connected account it belongs to.
 */
export type Act = { action: string; outcome: string; account?: string; [object: string]: string | undefined };

/** Makes it happen, and returns the object it happened to. Throws when there is no such action, outcome or object. */
export function perform(world: World, resources: ReadonlyMap<string, Resource>, act: Act): JsonObject {
  const { action: name, outcome, account = '' } = act;
  const known = [...resources.values()].filter(({ actions }) => actions);
  const { object, actions } = known.find(({ object, actions }) => object in act && actions![name]) ?? {};
  const action = actions?.[name];
  const id = object && act[object];
  if (!action || !id) {
    const shown = known.flatMap(({ object, actions }) => Object.keys(actions!).map((each) => `${each} (${object})`));
    throw new PaybellError('bad_option', `Name an action and its object: ${shown.join(', ')}.`);
  }
  if (!action.outcomes.includes(outcome))
    throw new PaybellError('bad_option', `The outcome of ${name} is one of ${action.outcomes.join(', ')}.`);
  const clock = clockOfRequest(world.tables, account, [id], {});
  const run = (tx: Transaction) => {
    if (!tx.get(object!, id)) throw noSuch(object!, id, object!);
    action.run(tx, id, outcome);
    return tx.get(object!, id) as JsonObject;
  };
  return world.transact({ id: null, idempotency_key: null }, account, run, clock);
}
