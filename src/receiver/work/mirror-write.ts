import type { JsonObject } from '../../base/json.ts';
import { indexedFields } from '../../store/columns.ts';
import type { ClaimedLane, MirrorWrite, Store } from '../../store/store.ts';
import { deletes } from '../../stripe/lifecycle.ts';
import type { Told } from '../mirror/state.ts';
import type { Item } from './item.ts';

/**
 * What the mirror is to show after these events, when that is plain without their object's history: the newest of them
 * is alone in its second and later than what is shown. `unchanged`: it is earlier, or shown already.
 */
export function plainWrite(
  lane: ClaimedLane,
  items: readonly Item[],
  store: JsonOf,
): MirrorWrite | 'unchanged' | 'unclear' {
  const told = items.filter(({ event, fact }) => fact !== undefined && event.objectId !== '');
  if (told.length === 0) return 'unchanged';
  if (told.some(({ fact }) => deletes(fact!.type, fact!.object))) return 'unclear';
  const newest = told.reduce((a, b) => (b.event.created > a.event.created ? b : a));
  const { created } = newest.event;
  const { mirror } = lane;
  const all = [...told.map(({ event }) => event), ...lane.near];
  const ties = all.filter((other) => other.created === created).length;
  if (mirror?.deleted) return 'unclear';
  // An earlier event can still decide how a later second is to be read, when several events share that one.
  if (mirror && created < mirror.created) return mirror.ties > 1 ? 'unclear' : 'unchanged';
  if (ties > 1 || lane.near.some((other) => other.created > created)) return 'unclear';
  if (mirror && created === mirror.created) return 'unchanged';
  return write(newest, {
    ...said(newest.event.object, newest.fact!.object, store),
    ties,
    deleted: false,
    ambiguous: false,
  });
}

/** What the mirror is to show when the whole history was read. */
export function toldWrite(
  items: readonly Item[],
  { last, ties, deleted, ambiguous }: Told,
  store: JsonOf,
): MirrorWrite | undefined {
  const any = items.find(({ event }) => event.objectId !== '');
  if (!any) return undefined;
  const shown = { ...said(any.event.object, last.object, store), ties, deleted, ambiguous };
  return { ...write(any, shown), eventId: last.id, created: last.created };
}

/** Who knows how its JSON is best written. */
export type JsonOf = Pick<Store<never>, 'toJson'>;

/** An object as its row of the mirror has it. */
export const jsonOf = (object: JsonObject, { toJson = JSON.stringify }: JsonOf): string => toJson(object);

// Printed and copied now: a handler may change what it is given.
const said = (type: string, object: JsonObject, store: JsonOf) => ({
  json: jsonOf(object, store),
  indexed: indexedFields(type, object),
});

function write(
  { event }: Item,
  shown: Pick<MirrorWrite, 'json' | 'indexed' | 'ties' | 'deleted' | 'ambiguous'>,
): MirrorWrite {
  const { account, object, objectId, id, created } = event;
  return { account, object, id: objectId, eventId: id, created, ...shown };
}
