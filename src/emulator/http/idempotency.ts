import { createHash } from 'node:crypto';
import { stripeError } from './errors.ts';

/** What was answered to the first request with a key. */
export type Answer = { status: number; body: string; requestId: string };

const DAY = 24 * 60 * 60;

/** Answers that are repeated for the same idempotency key. Stripe keeps them for at least 24 hours; so do we, no longer. */
export type Idempotency = {
  /** The answer to repeat, if there is one. Throws when the key came with another request. */
  find(key: string, request: string, now: number): Answer | undefined;
  keep(key: string, request: string, answer: Answer, now: number): void;
  clear(): void;
};

export function createIdempotency(): Idempotency {
  const kept = new Map<string, { request: string; answer: Answer; until: number }>();
  const digest = (request: string) => createHash('sha256').update(request).digest('base64');
  return {
    find(key, request, now) {
      const entry = kept.get(key);
      if (!entry || entry.until <= now) return undefined;
      if (entry.request !== digest(request)) throw stripeError('idempotency_key_in_use', [key]);
      return entry.answer;
    },
    keep(key, request, answer, now) {
      kept.set(key, { request: digest(request), answer, until: now + DAY });
      // Insertion order is order of expiry as long as time only goes forward.
      for (const [old, { until }] of kept)
        if (until <= now) kept.delete(old);
        else break;
    },
    clear: () => kept.clear(),
  };
}
