import type { Clock } from '../../base/clock.ts';
import { signatureHeader } from '../../stripe/signature.ts';
import type { Endpoint } from './endpoints.ts';
import { refusedTarget } from './target.ts';

/** What came of one attempt. `status` is null when there was no answer; `error` then says why. */
export type Outcome = {
  status: number | null;
  error: string | null;
  ms: number;
  /** The first kilobyte of the answer. */
  answer: string;
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
  const outcome = { status: null, error: null, ms: 0, answer: '', final: false };
  const refused = endpoint.send ? undefined : refusedTarget(endpoint.url, allowed);
  if (refused) return { ...outcome, error: refused, final: true };
  const began = wall.now();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const body = write();
    const request = new Request(endpoint.url, {
      method: 'POST',
      redirect: 'manual',
      signal,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        accept: '*/*',
        'cache-control': 'no-cache',
        'stripe-signature': signatureHeader(body, [endpoint.secret], at),
      },
      body,
    });
    const response = await within(signal, (endpoint.send ?? fetch)(request));
    const answer = await within(signal, beginning(response));
    return { ...outcome, status: response.status, ms: wall.now() - began, answer };
  } catch (error) {
    return { ...outcome, ms: wall.now() - began, error: reason(error) };
  }
}

/** A receiver in this process may not look at the signal; it is given up on all the same. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((done, failed) => {
    const giveUp = () => failed(signal.reason as Error);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(done, failed);
  });
}

/** The first kilobyte of an answer; the rest, however long, is not read. */
async function beginning({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (body)
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= KEPT) break;
    }
  return text.slice(0, KEPT);
}

const KEPT = 1024;

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? `: ${error.cause.message || String((error.cause as { code?: string }).code)}` : '';
  return error.name === 'TimeoutError' ? 'no answer in time' : `${error.message}${cause}`;
}
