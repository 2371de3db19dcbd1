/** `GET /api/time`: the world of the console's key; 404 without a local Stripe. */
export interface TimeState {
  /** Seconds of the world. */
  now: number;
  frozen: boolean;
  /** Time is being moved just now, by whoever it may be. */
  advancing: boolean;
  /** What happens next, the earliest first; `what` in words. */
  due: { at: number; object: string; id: string; timer: string; what: string; account?: string }[];
  testClocks: { id: string; now: number; status: string; due: number | null }[];
  snapshots: { name: string; at: number; objects: number; events: number }[];
  chaos: ChaosState | null;
  customers: {
    id: string;
    name: string | null;
    email: string | null;
    subscriptions: { id: string; status: string; price: string; periodEnd: number }[];
  }[];
}

/** `POST /api/time/chaos` takes this (empty: no more chaos) and answers `{ chaos: ChaosState | null }`. Probabilities, 0 to 1. */
export interface ChaosState {
  duplicate?: number;
  reorder?: number;
  delay?: number;
  drop?: number;
  slow?: number;
}

/**
 * `POST /api/time/advance` takes one of these and answers `{ now, events: { type: count } }` when everything due until then
 * has happened.
 */
export type AdvanceRequest = { by: string } | { to: number } | { next: true };

/** `POST /api/time/freeze` takes this and answers `{ now, frozen }`: a frozen clock moves only when it is moved. */
export interface FreezeRequest {
  frozen: boolean;
}

/**
 * `POST /api/time/snapshots` takes this and answers with the snapshot; `POST /api/time/snapshots/:name/restore` puts it back,
 * `DELETE /api/time/snapshots/:name` drops it. Every `POST` and `DELETE` of this API is sent as `application/json`.
 */
export interface NewSnapshot {
  name: string;
}

/** `POST /api/time/customers` answers `{ id, subscription }`; of a customer without a plan, `subscription` is null. */
export interface CustomerMade {
  id: string;
  subscription: { id: string; status: string } | null;
}

/** `POST /api/time/customers`: a customer with a test card, and a subscription when `plan` is given. */
export interface NewCustomer {
  name: string;
  /** What its card does when it is charged. */
  card: 'good' | 'declines_later' | 'needs_authentication';
  plan?: { interval: 'month' | 'year'; /** Minor units of usd. */ amount: number; trialDays: number };
}

/** `GET /api/time/deliveries?state&type&limit`: the local Stripe's log, newest first; `POST /api/time/deliveries/:id/resend`. */
export interface DeliveryLog {
  items: {
    id: string;
    event: string;
    type: string;
    url: string;
    state: 'pending' | 'delivered' | 'failed';
    /** Seconds of the world. */
    nextAt: number | null;
    manual: boolean;
    attempts: {
      at: number;
      status: number | null;
      error: string | null;
      ms: number;
      answer: string;
      chaos: string | null;
      headers: Record<string, string>;
    }[];
  }[];
}
