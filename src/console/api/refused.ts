import { Hono } from 'hono';
import type { RefusalReason } from '../../receiver/index.ts';
import type { Settings } from '../options.ts';
import { numberIn } from '../query.ts';
import type { RefusedPage } from './types.ts';

/** How much of a body is shown, in bytes. */
const SHOWN = 4_096;

/** What to do about a refused delivery, besides knowing what it was. */
const HELP: Record<RefusalReason, string> = {
  header_missing: 'If Stripe did send it, look for a proxy that drops headers; if not, nothing is to be done.',
  header_malformed: 'Send what Stripe sends: the testing helper signedRequest makes such a request.',
  no_v1: 'Send what Stripe sends: the testing helper signedRequest makes such a request.',
  no_match:
    'Copy the signing secret of this very endpoint from the Dashboard (live and test have different ones; `stripe listen` has its own), and give it with --secret.',
  timestamp_too_old:
    'Set this machine’s clock by NTP. A delivery that somebody sends again by hand must be signed again.',
  timestamp_in_future: 'Set this machine’s clock by NTP.',
  body_reserialised: 'Let nothing parse the body before Paybell: register it before express.json() and the like.',
  body_newlines: 'Look for a proxy or a middleware that changes text; pass the bytes on as they come.',
  body_bom: 'Look for a proxy or a middleware that changes text; pass the bytes on as they come.',
  body_base64: 'Decode it before it is handed over: Buffer.from(event.body, "base64") where isBase64Encoded is true.',
  body_charset: 'Look for what turns the body into a text: keep it as bytes, or read it as UTF-8.',
  body_parsed: 'Register Paybell before any body parser, or switch that off for the webhook path.',
  body_too_large: 'Stripe’s events are far smaller: this came from somebody else, unless maxBody was made too small.',
  not_an_event: 'Look at what was signed: it is proven, but it is no event.',
  wrong_mode: 'Give the endpoint of the other mode its own path and secret.',
  wrong_account: 'Use an endpoint for connected accounts, or list the account in the options.',
};

/** Deliveries that were not accepted, newest first. */
export function refusedRoutes({ store }: Settings): Hono {
  return new Hono().get('/refused', async (c) => {
    const query = c.req.query();
    const before = numberIn(query, 'before');
    const limit = numberIn(query, 'limit', { min: 1, max: 200 }) ?? 50;
    const { items, next } = await store.listRefused({ limit, ...(before !== undefined && { before }) });
    return c.json({
      items: items.map(({ body, ...refused }) => ({
        ...refused,
        body: Buffer.from(body.subarray(0, SHOWN)).toString('utf8'),
        help: HELP[refused.reason as RefusalReason] ?? '',
      })),
      next,
    } satisfies RefusedPage);
  });
}
