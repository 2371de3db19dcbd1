import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { signatureOf, signingKey } from '../../stripe/signature.ts';
import type { Endpoint } from './endpoints.ts';
import { refusedTarget } from './target.ts';

/** What came of one attempt. `status` is null when there was no answer; `error` then says why. */
export type Outcome = {
  status: number | null;
  error: string | null;
  ms: number;
  /** The first kilobyte of the answer. */
  answer: string;
  /** The request's own headers, signature included. */
  headers: Record<string, string>;
  /** Whether trying again could never help: the target is not allowed. */
  final: boolean;
};

type Post = {
  endpoint: Endpoint;
  /** Writes the event out. Should that fail, the attempt has failed. */
  body: () => string;
  /** When it is signed, Unix seconds of wall time: each attempt anew. */
  at: number;
  wall: Clock;
  allowed: readonly string[];
  timeoutMs: number;
};

/** Signs an event and sends it, as Stripe does: any 2xx is success, a redirect is a failure and not followed. */
export async function post({ endpoint, body: write, at, wall, allowed, timeoutMs }: Post): Promise<Outcome> {
  const outcome: Outcome = { status: null, error: null, ms: 0, answer: '', final: false, headers: {} };
  const refused = endpoint.send || endpoint.direct ? undefined : refusedTarget(endpoint.url, allowed);
  if (refused) return { ...outcome, error: refused, final: true };
  const began = wall.now();
  // What is handed over in this process has no request to abort, and is given up on all the same.
  const patience = endpoint.direct ? undefined : new AbortController();
  const exchange = async () => {
    const body = Buffer.from(write());
    outcome.headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      accept: '*/*',
      'cache-control': 'no-cache',
      'stripe-signature': `t=${at},v1=${signatureOf(body, keyOf(endpoint.secret), at).toString('hex')}`,
    };
    if (endpoint.direct) {
      const { status, answer } = await endpoint.direct(outcome.headers, body);
      return { status, answer: answer.slice(0, KEPT) };
    }
    const request = new Request(endpoint.url, {
      method: 'POST',
      redirect: 'manual',
      signal: patience!.signal,
      headers: outcome.headers,
      body,
    });
    const response = await (endpoint.send ?? fetch)(request);
    return { status: response.status, answer: await beginning(response) };
  };
  let end = () => {};
  const answered = new Promise<Awaited<ReturnType<typeof exchange>>>((resolve, giveUp) => {
    end = wall.after(timeoutMs, () => {
      const tooLong = new Error('no answer in time');
      patience?.abort(tooLong);
      giveUp(tooLong);
    });
    exchange().then(resolve, giveUp);
  });
  try {
    const { status, answer } = await answered;
    return { ...outcome, status, ms: wall.now() - began, answer };
  } catch (error) {
    return { ...outcome, ms: wall.now() - began, error: reason(error) };
  } finally {
    end();
  }
}

// An endpoint signs every delivery with the same key, and making one costs as much as the signature itself.
const keys = new Map<string, KeyObject>();
const MOST_KEYS = 1000;
function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(secret, (key = signingKey(secret)));
  }
  return key;
}

/** The first kilobyte of an answer; the rest, however long, is not read. */
async function beginning({ body }: Response): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < KEPT) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, KEPT);
}

const KEPT = 1024;

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? `: ${error.cause.message || String((error.cause as { code?: string }).code)}` : '';
  return `${error.message}${cause}`;
}
