import type { SNAPSHOTS, THINS } from './index.ts';
import type { LEGACY } from './legacy.ts';

// Distributes over the areas: `keyof` of their union would be the names they share, which is none.
type NamesOf<Area> = Area extends { rows: infer Rows } ? keyof Rows & string : never;

/** The name of a snapshot event that Stripe sends today. */
export type SnapshotType = NamesOf<(typeof SNAPSHOTS)[number]>;

/** The name of a thin event: the `v1.…` twin of a snapshot event, or one that exists only as a thin event. */
export type ThinType = `v1.${(typeof SNAPSHOTS)[number]['twinned'][number]}` | NamesOf<(typeof THINS)[number]>;

/** The name of an event that Stripe once sent and no longer does. */
export type LegacyType = keyof typeof LEGACY;

/** The name of any event in the catalogue. */
export type CatalogueType = SnapshotType | ThinType | LegacyType;
