export { EVENTS, type EventInfo } from './events.ts';
export type { AreaName } from './events/define.ts';
export type { CatalogueType, LegacyType, SnapshotType, ThinType } from './events/names.ts';
export { SDK_RELEASES } from './events/sdk-releases.ts';
export { closest, eventType, eventTypes } from './lookup.ts';
export { isPattern, matches } from './patterns.ts';
export type {
  AnyEvent,
  EventMap,
  EventOf,
  EventPattern,
  EventType,
  Known,
  SnapshotEvent,
  ThinEvent,
  UntypedObject,
} from './types.ts';
export {
  chargeOf,
  couponOf,
  discountsOf,
  isPaid,
  isProration,
  paymentIntentOf,
  periodEnd,
  periodStart,
  priceOf,
  quoteOf,
  subscriptionMetadataOf,
  subscriptionOf,
  taxOf,
} from './accessors.ts';
export { API_VERSIONS, NEWEST_VERSION, VERSION_CHANGES, compareVersions, type ApiVersion } from './versions/index.ts';
