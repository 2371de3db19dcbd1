import { EVENT_STATES, type EventFilter, type EventState } from '../store/store.ts';
import { invalid } from './refusal.ts';

/** The parameters of an address. An empty one counts as not given, except `account`, where it means the platform. */
export type Query = Record<string, string>;

/** A whole number of an address, within bounds; undefined when it was not given. */
export function numberIn(query: Query, name: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  const given = query[name];
  if (given === undefined || given === '') return undefined;
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw invalid(`${name} is a whole number from ${min} to ${max}, not '${given}'.`);
}

/** The filter of a list of events that an address asks for; `text` is not in it. */
export function filterIn(query: Query): EventFilter {
  const { type, state, account, object, handler } = query;
  // Not only those of the catalogue: a type that came after it is stored as well.
  if (type && !/^(\*|\w+(\.\w+)*(\.\*)?)$/.test(type))
    throw invalid(`'${type}' is no event type and no pattern: use invoice.paid, invoice.* or *.`);
  if (state && !EVENT_STATES.includes(state as EventState))
    throw invalid(`state is one of ${EVENT_STATES.join(', ')}.`);
  const since = numberIn(query, 'since');
  const until = numberIn(query, 'until');
  return {
    copies: false,
    ...(type && { type }),
    ...(state && { state: state as EventState }),
    ...(account !== undefined && { account }),
    ...(object && { objectId: object }),
    ...(handler && { handler }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}
