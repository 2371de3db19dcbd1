import { createHash } from 'node:crypto';
import { stripeError } from './errors.ts';

/** What was answered to the first request with a key. */
export type Answer = { status: number; body: string; requestId: string };

/** A request with an idempotency key: keys of different accounts are different keys. */
export type KeyedRequest = { key: string; account: string; fingerprint: string };

const DAY = 24 * 60 * 60;

/** An answer as it is kept, until a moment (Unix seconds). */
export type KeptAnswer = [slot: string, { digest: string; answer: Answer; until: number }];

/** Answers that are repeated for the same idempotency key. Stripe keeps them for at least 24 hours; so do we, no longer. */
export type Idempotency = {
  /** The answer to repeat, if there is one. Throws when the key came with another request. */
  find(request: KeyedRequest, now: number): Answer | undefined;
  keep(request: KeyedRequest, answer: Answer, now: number): void;
  clear(): void;
  save(): KeptAnswer[];
  restore(answers: readonly KeptAnswer[]): void;
};

export function createIdempotency(): Idempotency {
  const kept = new Map<KeptAnswer[0], KeptAnswer[1]>();
  const slot = ({ account, key }: KeyedRequest) => `${account} ${key}`;
  const digestOf = ({ fingerprint }: KeyedRequest) => createHash('sha256').update(fingerprint).digest('base64');
  return {
    find(request, now) {
      const entry = kept.get(slot(request));
      if (!entry || entry.until <= now) return undefined;
      if (entry.digest !== digestOf(request)) throw stripeError('idempotency_key_in_use', [request.key]);
      return entry.answer;
    },
    keep(request, answer, now) {
      kept.delete(slot(request));
      kept.set(slot(request), { digest: digestOf(request), answer, until: now + DAY });
      // Insertion order is order of expiry as long as time only goes forward.
      for (const [old, { until }] of kept)
        if (until <= now) kept.delete(old);
        else break;
    },
    clear: () => kept.clear(),
    save: () => [...kept],
    restore(answers) {
      kept.clear();
      for (const [slot, entry] of answers) kept.set(slot, entry);
    },
  };
}
