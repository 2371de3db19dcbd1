import { EVENT_STATES, type EventFilter, type EventState } from '../store/store.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';
import { timeOption } from './times.ts';
import { unknownType } from './unknown-type.ts';

/** Which events a command is about, besides those named by the options it has of its own. */
export const EVENT_FILTER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--id <event>', about: 'this event; may be repeated', many: true },
  { flags: '--type <pattern>', about: 'only these: invoice.paid, invoice.*' },
  { flags: '--state <state>', about: `only those that are ${EVENT_STATES.join(', ')}` },
  { flags: '--since <time>', about: 'received since: a date, or how long ago (90m, 3d)' },
  { flags: '--until <time>', about: 'received before' },
  { flags: '--account <id>', about: 'only those of this connected account' },
  { flags: '--object <id>', about: 'only those about this object (ch_…)' },
];

type Filter = Pick<EventFilter, 'ids' | 'type' | 'state' | 'since' | 'until' | 'account' | 'objectId'>;

/** What those options say; throws a `UsageError` naming what is wrong with one. */
export function eventFilterOf(options: Invocation['options']): Filter {
  const { id, type, state, account, object } = options as Record<string, string | undefined>;
  const ids = id as unknown as readonly string[];
  if (state !== undefined && !EVENT_STATES.includes(state as EventState))
    throw new UsageError(`--state is one of ${EVENT_STATES.join(', ')}.`);
  if (type !== undefined && !/^(?:\*|[^*]+\.\*|[^*]+)$/.test(type))
    throw new UsageError(`--type is a type (invoice.paid), all of a kind (invoice.*), or *; it was '${type}'.`);
  const now = Date.now();
  const since = timeOption('since', options['since'], now);
  const until = timeOption('until', options['until'], now);
  return {
    ...(ids.length > 0 && { ids }),
    ...(type !== undefined && { type }),
    ...(state !== undefined && { state: state as EventState }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(account !== undefined && { account }),
    ...(object !== undefined && { objectId: object }),
  };
}

/** What to say when such a filter found nothing: a mistyped event type is the likeliest cause. */
export function noEvents({ type }: Pick<EventFilter, 'type'>): string {
  const unknown = type === undefined ? undefined : unknownType(type);
  return `No such events.${unknown ? ` ${unknown}` : ''}`;
}
