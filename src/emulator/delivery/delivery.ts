import type { LoggedEvent } from '../world/event-log.ts';
import type { Endpoint } from './endpoints.ts';
import type { Outcome } from './post.ts';

/** One HTTP request that carried an event: when (Unix seconds of the world), and what came of it. */
export type Attempt = Outcome & {
  at: number;
  /** What chaos did to it, if anything. */
  chaos?: 'duplicate' | 'drop_request' | 'drop_answer';
};

/** An event on its way to one endpoint. Its body is the event, rendered for the endpoint's API version. */
export type Delivery = {
  id: string;
  event: string;
  type: string;
  endpoint: string;
  url: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: Attempt[];
  /** When it is tried again, Unix seconds of the world. */
  nextAt: number | null;
  /** Asked for by hand: tried once, beside the automatic attempts, which it neither replaces nor ends. */
  manual: boolean;
  /** Whether the endpoint has answered the event with 2xx, by whatever attempt: what `pending_webhooks` counts. */
  answered: boolean;
};

/** A delivery with what it takes to attempt it. */
export type Job = { delivery: Delivery; logged: LoggedEvent; endpoint: Endpoint; copy?: true };

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/**
 * Seconds from one attempt to the next. Stripe publishes "up to three days, exponential backoff" and no steps
 * (docs.stripe.com/webhooks); these add up to 72 hours.
 */
export const RETRY_STEPS = [5 * MINUTE, 25 * MINUTE, 90 * MINUTE, 4 * HOUR, 8 * HOUR, 16 * HOUR, 18 * HOUR, 24 * HOUR];
