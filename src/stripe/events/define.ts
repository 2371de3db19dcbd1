/** The parts of Stripe that the catalogue is divided into. */
export type AreaName =
  | 'Apps'
  | 'Balance'
  | 'Billing'
  | 'Climate'
  | 'Connect'
  | 'Customers'
  | 'Disputes and fraud'
  | 'Files'
  | 'Financial Connections'
  | 'Identity'
  | 'Issuing'
  | 'Money management'
  | 'Orders (retired)'
  | 'Payments'
  | 'Payouts'
  | 'Products and prices'
  | 'Reporting'
  | 'Tax'
  | 'Terminal'
  | 'Testing'
  | 'Treasury'
  | 'Webhooks';

/** A snapshot event as its area file writes it down. */
export interface SnapshotRow {
  /** The `object` value, or values, that the event can carry. */
  subject: string | readonly string[];
  text: string;
  /** The oldest SDK sampled that lists it; left out where that is the oldest of all (see `sdk-releases.ts`). */
  since?: string;
  /** Listed on the pinax-stripe page that Paybell began with. */
  seed?: true;
  /** `false`: no thin twin. An object: a twin that does not simply link to the same subject. */
  thin?: false | { subject: string | null; data?: true };
}

/** A thin event that is not the twin of a snapshot event. */
export interface ThinRow {
  /** The `type` of its `related_object`, null when it has none. */
  subject: string | null;
  text: string;
  since: string;
  /** The fetched event carries `data` of its own. */
  data?: true;
}

/** An event type that Stripe once sent and that no current API version lists. */
export interface LegacyRow {
  area: AreaName;
  subject: string | null;
  text: string;
  /** Until when it was sent, and how that is known. */
  until: string;
  /** The current types that took its place, the closest first. */
  replacement: readonly string[];
  seed?: true;
}

/** The snapshot events of an area; `Twinned` are those that also exist as `v1.…` thin events. */
export interface Snapshots<Name extends string, Twinned extends string> {
  readonly area: AreaName;
  readonly rows: { readonly [N in Name]: SnapshotRow };
  readonly twinned: readonly Twinned[];
}

/** The thin events of an area that have no snapshot twin. */
export interface Thins<Name extends string> {
  readonly area: AreaName;
  readonly rows: { readonly [N in Name]: ThinRow };
}

type TwinnedOf<Rows> = { [N in keyof Rows]: Rows[N] extends { thin: false } ? never : N }[keyof Rows] & string;

/** Declares the snapshot events of an area. */
export function snapshots<const Rows extends Record<string, SnapshotRow>>(
  area: AreaName,
  rows: Rows,
): Snapshots<keyof Rows & string, TwinnedOf<Rows>> {
  const twinned = Object.entries<SnapshotRow>(rows).filter(([, row]) => row.thin !== false);
  return { area, rows, twinned: twinned.map(([name]) => name as TwinnedOf<Rows>) };
}

/** Declares the thin events of an area that have no snapshot twin. */
export function thins<const Rows extends Record<string, ThinRow>>(
  area: AreaName,
  rows: Rows,
): Thins<keyof Rows & string> {
  return { area, rows };
}

/** Declares the event types that Stripe no longer sends. */
export const legacy = <const Rows extends Record<string, LegacyRow>>(
  rows: Rows,
): { readonly [N in keyof Rows & string]: LegacyRow } => rows;
