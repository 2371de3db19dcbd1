import { seconds, systemClock, type Clock } from '../base/clock.ts';
import { signatureHeader } from '../stripe/signature.ts';

export type SignedRequestOptions = {
  secret: string;
  /** Where it is sent; the path matters to a receiver. */
  url?: string;
  /** When it is signed, by default now. */
  clock?: Clock;
};

/**
 * The very request Stripe would send for an event, signed with a webhook secret: to call `receiver.fetch`, or any route
 * of an application, in a unit test. The event is sent as given, an object or the exact body.
 */
export function signedRequest(event: object | string, options: SignedRequestOptions): Request {
  const { secret, url = 'http://127.0.0.1:4242/payments/webhook/', clock = systemClock } = options;
  const body = typeof event === 'string' ? event : JSON.stringify(event, null, 2);
  return new Request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signatureHeader(body, [secret], seconds(clock)),
    },
    body,
  });
}
