import type Stripe from 'stripe';
import type { AreaName, SnapshotRow } from './events/define.ts';
import { SNAPSHOTS, THINS } from './events/index.ts';
import { LEGACY } from './events/legacy.ts';
import type { CatalogueType } from './events/names.ts';
import { SDK_RELEASES } from './events/sdk-releases.ts';

/** What the catalogue knows of one event type. */
export interface EventInfo {
  type: string;
  /** `snapshot` events carry the object itself, `thin` ones a link to it. */
  payload: 'snapshot' | 'thin';
  /** `legacy`: no current API version sends it. */
  era: 'current' | 'legacy';
  area: AreaName;
  /** The type without its last part: `charge.dispute` of `charge.dispute.closed`. */
  group: string;
  /** The `object` values it can carry or link to; empty when it has none. */
  subject: readonly string[];
  description: string;
  /** The first SDK sampled that lists it, with its API version; null for events older than every SDK sampled. */
  firstSeen: { sdk: string; api: string } | null;
  /** For a legacy type: until when it was sent. */
  lastEra: string | null;
  /** For a legacy type: what took its place, the closest first. */
  replacement: readonly string[];
  /** The other form of the same event: the thin twin of a snapshot, the snapshot of a thin twin. */
  twin: string | null;
  /** For a thin event: the fetched event carries `data` of its own. */
  hasData: boolean;
  /** Listed on the pinax-stripe page that Paybell began with. */
  inSeed: boolean;
}

const OLDEST_RELEASE = Object.keys(SDK_RELEASES)[0]!;
/** The release in which every `v1.…` twin appeared at once. */
const TWINS_SINCE = '23.1.0';

const groupOf = (type: string) => type.slice(0, Math.max(0, type.lastIndexOf('.'))) || type;
const firstSeen = (sdk: string) => ({ sdk, api: SDK_RELEASES[sdk]! });
const list = (subject: string | readonly string[] | null): readonly string[] =>
  subject === null ? [] : typeof subject === 'string' ? [subject] : subject;

function* entries(): Generator<EventInfo> {
  const shared = { lastEra: null, replacement: [], twin: null, hasData: false, inSeed: false } as const;
  for (const { area, rows } of SNAPSHOTS)
    for (const [type, row] of Object.entries<SnapshotRow>(rows)) {
      const snapshot: EventInfo = {
        ...shared,
        type,
        payload: 'snapshot',
        era: 'current',
        area,
        group: groupOf(type),
        subject: list(row.subject),
        description: row.text,
        firstSeen: firstSeen(row.since ?? OLDEST_RELEASE),
        twin: row.thin === false ? null : `v1.${type}`,
        inSeed: row.seed ?? false,
      };
      yield snapshot;
      if (row.thin === false) continue;
      const subject = list(row.thin ? row.thin.subject : row.subject);
      yield {
        ...snapshot,
        type: `v1.${type}`,
        payload: 'thin',
        group: groupOf(`v1.${type}`),
        subject,
        description: `The thin twin of \`${type}\`: ${subject.length ? `a link to the ${subject.join(' or ')}, to be fetched` : 'it links to no object'}.`,
        firstSeen: firstSeen(TWINS_SINCE),
        twin: type,
        hasData: row.thin?.data ?? false,
        inSeed: false,
      };
    }
  for (const { area, rows } of THINS)
    for (const [type, row] of Object.entries(rows))
      yield {
        ...shared,
        type,
        payload: 'thin',
        era: 'current',
        area,
        group: groupOf(type),
        subject: list(row.subject),
        description: row.text,
        firstSeen: firstSeen(row.since),
        hasData: row.data ?? false,
      };
  for (const [type, row] of Object.entries(LEGACY))
    yield {
      ...shared,
      type,
      payload: 'snapshot',
      era: 'legacy',
      area: row.area,
      group: groupOf(type),
      subject: list(row.subject),
      description: row.text,
      firstSeen: null,
      lastEra: row.until,
      replacement: row.replacement,
      inSeed: row.seed ?? false,
    };
}

/** The catalogue: every event type there is or ever was, by name, in alphabetical order. */
export const EVENTS = Object.fromEntries(
  [...entries()].map((info) => [info.type, info] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
) as Readonly<Record<CatalogueType, EventInfo>>;

// The compiler's half of the completeness check: a type that a newer SDK declares and no area file lists is an error here.
EVENTS satisfies Readonly<Record<Stripe.Event['type'] | Stripe.V2.Core.EventNotification['type'], EventInfo>>;
