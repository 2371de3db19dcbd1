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
export type { RefusalReason } from './answers.ts';
export type { Retry } from './backoff.ts';
export type { Context, Handler, HandlerOptions, ObjectOf } from './context.ts';
export type { Counters } from './counters.ts';
export type { ReceiverOptions, Verify } from './options.ts';
export { createReceiver, type Receiver, type ReceiverStatus } from './receiver.ts';
export type { SecretHint, Secrets } from './secrets.ts';
export type { EventSource } from './verify/source.ts';
