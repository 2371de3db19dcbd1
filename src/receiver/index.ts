export { PaybellError, type ErrorCode } from '../base/errors.ts';
export type { Clock } from '../base/clock.ts';
export type {
  EventDetail,
  EventFilter,
  EventState,
  HandlerRecord,
  HandlerState,
  MirrorFilter,
  MirrorObject,
  Page,
  RefusedDelivery,
  Store,
  StoreCounts,
  StoredEvent,
} from '../store/store.ts';
export type { AnyEvent, EventMap, EventOf, EventPattern, EventType, Known } from '../stripe/types.ts';
export type { AdoptOptions } from './adopt.ts';
export type { RefusalReason } from './answers.ts';
export type { Retry } from './backoff.ts';
export type { BackfilledObject, BackfillOptions, BackfillReport } from './catch-up/backfill.ts';
export type { ReconciledAccount, ReconcileOptions, ReconcileReport } from './catch-up/reconcile.ts';
export { reconcileEvery, type ScheduleOptions } from './catch-up/schedule.ts';
export type { Context, Handler, HandlerOptions, ObjectOf } from './context.ts';
export type { Counters } from './counters.ts';
export type { Ensured, EnsureOptions } from './ensure.ts';
export type { Ingested, TrustOptions } from './trusted.ts';
export type { Forgotten } from './privacy/forget.ts';
export type { Profile } from './privacy/profiles.ts';
export type { Redact, RedactedFields } from './privacy/redaction.ts';
export type { PruneReport, Retention } from './privacy/retention.ts';
export type { EndpointOptions, Verify } from './endpoints.ts';
export type { Delivered, Handled, Observer } from './observe.ts';
export type { ReceiverOptions } from './options.ts';
export { createReceiver, type Receiver, type ReceiverStatus, type Vitals } from './receiver.ts';
export type { ReplayCounts, ReplayFilter, ReplayOptions, ReplayReport, ReplayRun } from './replay.ts';
export type { SecretStatus } from './rotation.ts';
export type { SecretHint, Secrets } from './secrets.ts';
export type { EventSource } from './verify/source.ts';
