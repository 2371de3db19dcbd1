import { sameJson } from '../../base/json.ts';
import { TWIN_WINDOW, type ClaimedLane, type HistoryEvent } from '../../store/store.ts';
import { deletes } from '../../stripe/lifecycle.ts';
import { MASK } from '../privacy/mask.ts';
import { tell, type Told } from '../mirror/state.ts';
import { historyFact, type Item, type StoredFact } from './item.ts';

const MASKED = JSON.stringify(MASK);

/** Where an event stands among those of its object. */
export interface Place {
  seq: number;
  created: number;
}

/** The events of one lane, in order. */
export interface Sequence {
  /** What is ready, the earliest first. */
  items: Item[];
  /** What the whole history says; undefined when it was not needed. */
  told: Told | undefined;
  before(a: Place, b: Place): boolean;
  /** Whether a handler is done with an event that comes after this one. */
  late(item: Item, handler: string): boolean;
  /** The id of the event that told of the same change first. */
  repeats(item: Item): string | undefined;
}

/**
 * Whether what was claimed says enough, or the object's other events must be read: two of them share a second, one that
 * is later has been worked on, or one of the same type is near enough to be the same change.
 */
export function needsHistory({ near }: ClaimedLane, items: readonly Item[]): boolean {
  return items.some(({ event, fact }, index) => {
    const company = [...near, ...items.slice(0, index).map((item) => item.event)];
    return (
      (fact !== undefined && deletes(fact.type, fact.object)) ||
      company.some(
        (other) =>
          other.created === event.created ||
          (other.created > event.created && other.state !== 'pending') ||
          (other.type === event.type && Math.abs(other.created - event.created) <= TWIN_WINDOW),
      )
    );
  });
}

/** The order of a lane by `created` alone, which is enough when no two events of it are close. */
export function plainSequence(items: readonly Item[]): Sequence {
  return {
    items: items.toSorted((a, b) => a.event.created - b.event.created || a.event.seq - b.event.seq),
    told: undefined,
    before: (a, b) => a.created < b.created,
    late: () => false,
    repeats: () => undefined,
  };
}

/** The order of a lane by all the evidence there is; what is `undone` for a handler counts as not handled yet. */
export function fullSequence(
  items: readonly Item[],
  history: readonly HistoryEvent[],
  undone: (seq: number, handler: string) => boolean = () => false,
): Sequence {
  const facts = history.flatMap((event) => historyFact(event, items) ?? []);
  const told = tell(facts);
  const ordered = (told?.sequence ?? []) as StoredFact[];
  const places = new Map(ordered.map(({ seq }, index) => [seq, index]));
  const compare = (a: Place, b: Place): number => {
    const [placeA, placeB] = [places.get(a.seq), places.get(b.seq)];
    if (placeA !== undefined && placeB !== undefined) return placeA - placeB;
    return a.created - b.created || a.seq - b.seq;
  };
  // Now, for the handlers may change what they are given.
  const repeated = new Map(items.map((item) => [item, repeatedBy(item, ordered)]));
  return {
    items: items.toSorted((a, b) => compare(a.event, b.event)),
    told,
    before: (a, b) => compare(a, b) < 0,
    late: ({ event }, handler) =>
      history.some(
        (other) => other.handled.includes(handler) && compare(event, other) < 0 && !undone(other.seq, handler),
      ),
    repeats: (item) => repeated.get(item),
  };
}

const repeatedBy = ({ fact }: Item, ordered: readonly StoredFact[]): string | undefined =>
  fact &&
  ordered.find((other) => other.seq < fact.seq && isRepeat(other, fact) && isUnchanged(other, fact, ordered))?.id;

/** Whether nothing between two facts shows another state: what has changed to and fro is not one change told twice. */
function isUnchanged(one: StoredFact, other: StoredFact, ordered: readonly StoredFact[]): boolean {
  const [from, to] = [ordered.indexOf(one), ordered.indexOf(other)].toSorted((a, b) => a - b) as [number, number];
  return ordered.slice(from + 1, to).every(({ object }) => sameJson(object, other.object));
}

/**
 * Stripe occasionally makes two events of one change. The same content at another time is not that, so they must be
 * close, and not come from two requests.
 */
function isRepeat(first: StoredFact, second: StoredFact): boolean {
  if (first.type !== second.type || first.id === second.id || first.copied !== undefined) return false;
  if (Math.abs(first.created - second.created) > TWIN_WINDOW) return false;
  if (first.request && second.request && first.request !== second.request) return false;
  if (!sameJson(first.object, second.object) || !sameJson(first.previous ?? null, second.previous ?? null))
    return false;
  // What changed is masked: it may have been something else each time.
  return !JSON.stringify(first.previous ?? null).includes(MASKED);
}
