import type { SignatureProblem } from '../stripe/signature.ts';
import type { Damage } from './verify/diagnose.ts';

/** Why a delivery was refused: stable, in the answer and in the record. */
export type RefusalReason =
  SignatureProblem | Damage | 'body_too_large' | 'not_an_event' | 'wrong_mode' | 'wrong_account';

/** Reason → what it means and what to do, kept with the refused delivery. */
export const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  header_missing: 'There is no Stripe-Signature header: this was not sent by Stripe, or a proxy removes the header.',
  header_malformed: 'The Stripe-Signature header cannot be read.',
  no_v1: 'The Stripe-Signature header has no v1 signature.',
  no_match: 'No secret fits: it is the secret of another endpoint or mode, or the body was changed on the way.',
  timestamp_too_old: 'Signed too long ago: a replayed delivery, or this machine’s clock is ahead.',
  timestamp_in_future: 'Signed in the future: this machine’s clock is behind.',
  body_reserialised:
    'The body was parsed and printed again on the way: give Paybell the bytes that came. It would fit as Stripe printed it.',
  body_newlines: 'Line ends or white space of the body were changed on the way. It would fit without that.',
  body_bom: 'A byte order mark was put before the body on the way. It would fit without it.',
  body_base64: 'The body is still in base64, as API gateways hand it over: give Paybell what it decodes to.',
  body_charset: 'The body was read as Latin-1 and written as UTF-8 on the way: give Paybell the bytes that came.',
  body_parsed:
    'Something read the body before Paybell, and nothing or an object printed as a text is left: register the receiver before any body parser, or give it the raw bytes.',
  body_too_large: 'The body is larger than maxBody.',
  not_an_event: 'The body is not a Stripe event.',
  wrong_mode: 'The endpoint takes live events only, or test events only, and this is of the other kind.',
  wrong_account: 'The endpoint does not take events of this account.',
};

/** How much of a refused body is kept, in bytes. */
export const KEPT_BODY = 16_384;

/** What is sent back; the same short JSON for every door. */
export interface Answer {
  status: number;
  body: string;
  headers: Readonly<Record<string, string>>;
}

function answer(status: number, content: object, headers: Record<string, string> = {}): Answer {
  const body = JSON.stringify(content);
  const length = String(Buffer.byteLength(body));
  return { status, body, headers: { 'content-type': 'application/json', 'content-length': length, ...headers } };
}

export const RECEIVED = answer(200, { received: true });
/** The same for an event that was stored already. */
export const REPEATED = answer(200, { received: true });
export const NOT_FOUND = answer(404, { error: 'not_found' });
export const WRONG_METHOD = answer(405, { error: 'method_not_allowed' }, { allow: 'POST' });
/** Not stored, so Stripe must send it again. */
export const NOT_STORED = answer(503, { error: 'not_stored' }, { 'retry-after': '5' });
export const CLOSED = answer(503, { error: 'closing' }, { 'retry-after': '5' });

const REFUSED = new Map<RefusalReason, Answer>(
  (Object.keys(REFUSALS) as RefusalReason[]).map((reason) => [
    reason,
    answer(reason === 'body_too_large' ? 413 : 400, { error: 'refused', reason }),
  ]),
);

/** The answer to a refused delivery: 400 with the reason's code, 413 when it was too large to read. */
export const refused = (reason: RefusalReason): Answer => REFUSED.get(reason)!;
