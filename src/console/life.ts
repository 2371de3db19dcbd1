import type { JsonObject } from '../base/json.ts';
import { tell } from '../receiver/mirror/state.ts';
import { historyFact, type StoredFact } from '../receiver/work/item.ts';
import { laneOf, type Store } from '../store/store.ts';

/** One moment of an object's life: the stored event, and what the object was after it. */
export type Moment = { seq: number; object: JsonObject };

/**
 * The life of one object in the order in which the mirror has it: the newest proven events of a long one, its deletions,
 * and what the API answered about it.
 */
export async function lifeOf(
  store: Store,
  of: { account: string; object: string; objectId: string },
): Promise<Moment[]> {
  const history = await store.history(laneOf({ ...of, id: '' }));
  const facts = history.flatMap((event) => historyFact(event) ?? []);
  const sequence = (tell(facts)?.sequence ?? []) as StoredFact[];
  return sequence.map(({ seq, object }) => ({ seq, object }));
}
