import type { Clock } from '../../src/base/clock.ts';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';

export const SECRET = 'whsec_test_vector_secret';
export const NOW = 1_790_000_000;

/** Wall time that stands still until it is moved; its timers run when it passes them. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(start = NOW * 1000): TestClock {
  let now = start;
  let timers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    after(ms, wake) {
      const timer = { at: now + ms, wake };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
    },
  };
}

export interface EventParts {
  id?: string;
  type?: string;
  created?: number;
  account?: string;
  object?: JsonObject;
  previous?: JsonObject;
  request?: string | null;
  [field: string]: Json | undefined;
}

let made = 0;

/** An event in the shape and the key order in which Stripe sends it. */
export function anEvent(parts: EventParts = {}) {
  made += 1;
  const { id = `evt_${made}`, type = 'charge.succeeded', created = NOW, account, object, previous, request } = parts;
  return {
    id,
    object: 'event',
    ...(account === undefined ? {} : { account }),
    api_version: '2026-10-28.endive',
    created,
    data: { object: object ?? aCharge(), ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: request === undefined ? `req_${made}` : request, idempotency_key: null },
    type,
  } satisfies JsonObject;
}
export type TestEvent = ReturnType<typeof anEvent>;

export const aCharge = (fields: JsonObject = {}): JsonObject => ({
  id: `ch_${made}`,
  object: 'charge',
  amount: 2000,
  amount_captured: 2000,
  amount_refunded: 0,
  balance_transaction: null,
  captured: true,
  currency: 'usd',
  description: null,
  metadata: {},
  refunded: false,
  status: 'succeeded',
  ...fields,
});

/** A body as Stripe prints it. */
export const bodyOf = (event: unknown): Buffer => Buffer.from(JSON.stringify(event, null, 2));

export interface Signing {
  secrets?: readonly string[];
  at?: number;
  url?: string;
}

/** A signed delivery. */
export function delivery(event: unknown, { secrets = [SECRET], at = NOW, url = PATH }: Signing = {}): Request {
  const body = Buffer.isBuffer(event) ? event : bodyOf(event);
  return post(body, { 'stripe-signature': signatureHeader(body, secrets, at) }, url);
}

const PATH = 'http://127.0.0.1/payments/webhook/';

/** Any POST. */
export function post(body: Buffer | string, headers: Record<string, string> = {}, url = PATH): Request {
  return new Request(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
}
