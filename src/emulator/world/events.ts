import type { JsonObject } from '../../base/json.ts';
import { EVENT_SUBJECTS } from '../../stripe/events.gen.ts';
import { created, deleted, type Change, type EventRule, type Resource } from '../resources/define.ts';
import { RANK } from '../resources/ranks.ts';
import { difference } from '../shapes/difference.ts';

/** An event about to be told: everything but the envelope. */
export type Told = { type: string; object: JsonObject; previous: JsonObject | undefined; deleted: boolean };

/** Turns what a transaction changed into events, in the order in which they are told. */
export function eventsOf(changes: Change[], resources: ReadonlyMap<string, Resource>): Told[] {
  const told: { rank: number; event: Told }[] = [];
  for (const change of changes) {
    // Created and gone within one request: nobody ever saw it.
    if (!change.before && change.after.deleted) continue;
    let fired = false;
    for (const rule of resources.get(change.object)?.events ?? schemaRules(change.object)) {
      if ((rule.otherwise && fired) || !rule.when(change)) continue;
      fired = true;
      told.push({ rank: typeof rule.rank === 'function' ? rule.rank(change) : rule.rank, event: tell(rule, change) });
    }
  }
  // Sorting is stable: within one rank the order of first touch stays.
  return told.toSorted((a, b) => a.rank - b.rank).map(({ event }) => event);
}

function tell(rule: EventRule, change: Change): Told {
  const view = rule.as ?? ((row) => row.object);
  const object = view(rule.shows === 'start' ? change.first : change.after);
  const previous = rule.previous && change.before ? difference(change.object, view(change.before), object) : undefined;
  // A card that goes takes its payment method from the customer, which is told as such and not as an end.
  const gone = change.after.deleted && rule.type.endsWith('.deleted');
  return { type: rule.type, object, previous, deleted: gone };
}

const rules = new Map<string, EventRule[]>();

/** For an object without behaviour: the created, updated and deleted events the catalogue names for it alone. */
function schemaRules(object: string): EventRule[] {
  let known = rules.get(object);
  if (!known) {
    const named = (suffix: string) =>
      Object.keys(EVENT_SUBJECTS).filter(
        (type) =>
          type.endsWith(`.${suffix}`) && EVENT_SUBJECTS[type]!.length === 1 && EVENT_SUBJECTS[type]![0] === object,
      );
    known = [
      ...named('created').map((type) => ({ type, when: created, rank: RANK.other })),
      ...named('deleted').map((type) => ({ type, when: deleted, rank: RANK.other })),
      ...named('updated').map((type) => ({ type, when: altered, rank: RANK.other, previous: true as const })),
    ];
    rules.set(object, known);
  }
  return known;
}

/** The object existed before and still does, with something about it changed. */
function altered(change: Change): boolean {
  if (!change.before || change.after.deleted) return false;
  return Object.keys(difference(change.object, change.before.object, change.after.object)).length > 0;
}
