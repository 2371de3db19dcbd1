import { createReceiver } from '../receiver/index.ts';
import { sameJson } from '../base/json.ts';
import type { Truth } from '../emulator/index.ts';
import { createSqliteStore } from '../store/sqlite/index.ts';
import type { MirrorObject, Store } from '../store/store.ts';
import type { Scenario } from './define.ts';
import { play, type PlayOptions, type Run } from './play.ts';

/** Whether a receiver's mirror ended up as the event log says: the whole JSON of every object, and what is gone. */
export type MirrorCheck = { equal: boolean; objects: number; differences: string[] };

/** A run whose events went through a receiver. */
export type ReceivedRun = Run & { mirror: MirrorCheck };

const SECRET = 'whsec_scenario0000000000000000000000';

/** Plays a path of a scenario through a receiver with a store of its own, and compares the mirror with the truth. */
export async function playThroughReceiver(
  scenario: Scenario,
  path: string,
  options: Omit<PlayOptions, 'webhooks' | 'settled'> = {},
): Promise<ReceivedRun> {
  await using store = createSqliteStore({ path: ':memory:' });
  await using receiver = createReceiver({ store, secrets: SECRET });
  const url = 'http://127.0.0.1:4242/payments/webhook/';
  const run = await play(scenario, path, {
    ...options,
    webhooks: [{ url, secret: SECRET, send: (request) => receiver.fetch(request) }],
    settled: () => receiver.drain(),
  });
  return { ...run, mirror: await compareMirror(store, run.truth) };
}

/** Compares a store's mirror with the truth of an event log. A `shared` one may hold what the log knows nothing of. */
export async function compareMirror(
  store: Store,
  truth: Truth[],
  { shared = false }: { shared?: boolean } = {},
): Promise<MirrorCheck> {
  // A shared store may be large, and has what others put there.
  const mirrored = new Map(shared ? [] : (await allObjects(store)).map((object) => [keyOf(object), object]));
  const differences: string[] = [];
  for (const wanted of truth) {
    const { object, id, account } = wanted;
    const name = `${object} ${id}`;
    const found = shared ? await store.getObject(object, id, account) : mirrored.get(keyOf(wanted));
    mirrored.delete(keyOf(wanted));
    if (!found) differences.push(`${name} is missing`);
    else if (found.deleted !== wanted.deleted)
      differences.push(`${name} is ${found.deleted ? 'deleted in the mirror only' : 'not deleted in the mirror'}`);
    else if (!sameJson(JSON.parse(found.json), wanted.json)) differences.push(`${name} differs`);
    else if (found.ambiguous) differences.push(`${name} is ambiguous`);
  }
  for (const extra of mirrored.values()) differences.push(`${extra.object} ${extra.id} is in the mirror only`);
  return { equal: differences.length === 0, objects: truth.length, differences };
}

async function allObjects(store: Store): Promise<MirrorObject[]> {
  const objects: MirrorObject[] = [];
  let after: string | undefined;
  do {
    const page = await store.listObjects({ limit: 1000, ...(after !== undefined && { after }) });
    objects.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return objects;
}

const keyOf = ({ account, object, id }: { account: string; object: string; id: string }) =>
  `${account} ${object} ${id}`;
