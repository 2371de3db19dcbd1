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
  body: string;
  /** When it is signed, Unix seconds of wall time: each attempt anew. */
  at: number;
  wall: Clock;
  allowed: readonly string[];
  timeoutMs: number;
};

/** Signs an event and sends it, as Stripe does: any 2xx is success, a redirect is a failure and not followed. */
export async function post({ endpoint, body, at, wall, allowed, timeoutMs }: Post): Promise<Outcome> {
  const outcome = { status: null, error: null, ms: 0, answer: '', final: false };
  const refused = endpoint.send ? undefined : refusedTarget(endpoint.url, allowed);
  if (refused) return { ...outcome, error: refused, final: true };
  const began = wall.now();
  try {
    const request = new Request(endpoint.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        accept: '*/*',
        'cache-control': 'no-cache',
        'stripe-signature': signatureHeader(body, [endpoint.secret], at),
      },
      body,
    });
    const response = await (endpoint.send ?? fetch)(request);
    const answer = (await response.text()).slice(0, 1024);
    return { ...outcome, status: response.status, ms: wall.now() - began, answer };
  } catch (error) {
    return { ...outcome, ms: wall.now() - began, error: reason(error) };
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? `: ${error.cause.message || String((error.cause as { code?: string }).code)}` : '';
  return error.name === 'TimeoutError' ? 'no answer in time' : `${error.message}${cause}`;
}
