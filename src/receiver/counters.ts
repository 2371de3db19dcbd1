/** What one receiver has seen since it was made. */
export interface Counters {
  /** Deliveries that reached the webhook path. */
  received: number;
  /** New events. */
  stored: number;
  duplicates: number;
  refused: number;
  /** Deliveries answered 5xx: not stored. */
  failed: number;
  /** Handler runs, and how they ended. */
  attempts: number;
  handled: number;
  threw: number;
  deferred: number;
  /** Handlers that gave up on an event. */
  dead: number;
}

export const counters = (): Counters => ({
  received: 0,
  stored: 0,
  duplicates: 0,
  refused: 0,
  failed: 0,
  attempts: 0,
  handled: 0,
  threw: 0,
  deferred: 0,
  dead: 0,
});
