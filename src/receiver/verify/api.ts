import { isObject, sameJson, type JsonObject } from '../../base/json.ts';
import type { ClaimedEvent } from '../../store/store.ts';
import { failureOf } from '../api/failure.ts';
import { fetchObject } from '../api/fetch-object.ts';
import { envelopeOf, type Envelope } from '../envelope.ts';
import { parse } from '../payload.ts';
import type { EventSource } from './source.ts';

/** What the API says of an event: true with what is to be processed, false, or (null) nothing yet. */
export type Finding =
  | { valid: true; reason: string; envelope: Envelope; copy: Uint8Array | null }
  | { valid: false; reason: string }
  | { valid: null; reason: string };

/** Fields that differ between a delivery and the same event fetched: who is still to be served, and on whose behalf. */
const NOT_COMPARED = ['pending_webhooks', 'account', 'context'];

/**
 * Asks the API for an event that was received, on behalf of its account, and compares. What it says is what is
 * processed. An event already proven under the same id is as good as the API's answer, and costs no request.
 */
export async function askApi(event: ClaimedEvent, source: EventSource): Promise<Finding> {
  const received = parse(event.payload);
  const envelope = envelopeOf(received);
  if (!isObject(received) || !envelope) return { valid: false, reason: 'unreadable: the body is not an event' };
  if (received['object'] === 'v2.core.event') return askNotification(received, envelope, source);
  if (event.proven) return compare(received, envelope, parse(event.proven), event.proven);

  const options = envelope.account === '' ? undefined : { stripeAccount: envelope.account };
  let fetched: object;
  try {
    fetched = await source.events.retrieve(envelope.id, {}, options);
  } catch (error) {
    return failure(error, envelope);
  }
  // What came through the SDK may hold more than JSON: dates, decimals, the HTTP response.
  const copy = JSON.parse(JSON.stringify(fetched)) as JsonObject;
  // Asked on behalf of an account, the API leaves the account out.
  if (envelope.account !== '' && copy['account'] === undefined) copy['account'] = envelope.account;
  return compare(received, envelope, copy, Buffer.from(JSON.stringify(copy)));
}

/** What a notification must share with the API's own record of it, which shows more. */
const NOTIFIED = ['id', 'type', 'created', 'livemode', 'related_object'] as const;

/** Notifications have a place of their own in the API; the body that came is what is processed. */
async function askNotification(received: JsonObject, envelope: Envelope, source: EventSource): Promise<Finding> {
  const { context } = received;
  const options = typeof context === 'string' ? { stripeContext: context } : {};
  const fetched = await fetchObject(source, `/v2/core/events/${encodeURIComponent(envelope.id)}`, options);
  if (fetched.kind !== 'found')
    return fetched.reason.startsWith('API: 404:')
      ? { valid: false, reason: 'unknown to the API' }
      : { valid: null, reason: fetched.reason };
  for (const field of NOTIFIED)
    if (!sameJson(received[field] ?? null, fetched.object[field] ?? null))
      return { valid: false, reason: `differs from the API: ${field}` };
  return { valid: true, reason: 'api', envelope, copy: null };
}

function compare(received: JsonObject, envelope: Envelope, copy: unknown, bytes: Uint8Array): Finding {
  const real = envelopeOf(copy);
  if (!isObject(copy) || !real) return { valid: null, reason: 'the API did not answer with an event' };
  for (const field of ['id', 'type', 'account', 'livemode', 'created', 'object', 'objectId'] as const)
    if (envelope[field] !== real[field]) return { valid: false, reason: `differs from the API: ${field}` };
  // Another version of the API shows the same event in another shape.
  if (envelope.apiVersion === real.apiVersion && !sameJson(without(received), without(copy)))
    return { valid: false, reason: 'differs from the API: content' };
  return { valid: true, reason: 'api', envelope: real, copy: bytes };
}

function without(event: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !NOT_COMPARED.includes(key)));
}

function failure(error: unknown, envelope: Envelope): Finding {
  const { status, text } = failureOf(error);
  if (status === 404) return { valid: false, reason: 'unknown to the API' };
  // Once an account has withdrawn its access, it cannot be asked any more, and that it cannot is what the event says.
  // A 401 would only mean that our own key is wrong.
  if (status === 403 && envelope.account !== '' && envelope.type === 'account.application.deauthorized')
    return { valid: true, reason: 'api: access withdrawn', envelope, copy: null };
  return { valid: null, reason: text };
}
