import { declineMessage, declineParam, type CardProblem, type Decline } from '../../../stripe/cards/index.ts';
import type { JsonObject } from '../../../base/json.ts';
import { StripeError } from '../../http/errors.ts';

const docs = (code: string) => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;

/** What a declined payment says: the body of a 402, and an intent's `last_payment_error`. */
export function declineBody(decline: Pick<Decline, 'code' | 'declineCode'>, charge: string | null): JsonObject {
  const param = declineParam(decline);
  return {
    ...(charge && { charge }),
    code: decline.code,
    ...(decline.declineCode && { decline_code: decline.declineCode }),
    doc_url: docs(decline.code),
    message: declineMessage(decline),
    ...(param && { param }),
    type: 'card_error',
  };
}

/** A decline: answered with 402, while what the bank said stays on record. */
export const declined = (body: JsonObject): StripeError => new StripeError(402, body, true);

/** Card details that cannot be right: answered with 402 before anything exists, and nothing is kept. */
export const cardProblem = ({ code, declineCode, message, param }: CardProblem): StripeError =>
  new StripeError(402, {
    code,
    ...(declineCode && { decline_code: declineCode }),
    doc_url: docs(code),
    message,
    param,
    type: 'card_error',
  });
