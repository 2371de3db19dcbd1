import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { IncomingEvent } from '../../store/store.ts';
import { maskedAtOnce, type Redaction } from '../privacy/redaction.ts';
import { COPY } from './fact.ts';
import { identity } from './state.ts';

/** What is known of an answer of the API besides the object. */
export interface CopyParts {
  account: string;
  /** When the request began, in milliseconds: the object is at least as new as that. */
  requestedAt: number;
  /** When it is stored. */
  now: number;
  apiVersion?: string | null | undefined;
  redact: Redaction | undefined;
}

/** An object as the API showed it, as a row of its own; undefined for something without type or id. */
export function copyRow(
  object: JsonObject,
  { account, requestedAt, now, apiVersion = null, redact }: CopyParts,
): IncomingEvent | undefined {
  const named = identity(object);
  if (!named) return undefined;
  const json = JSON.stringify(object);
  const hash = createHash('sha256').update(json).digest('hex').slice(0, 16);
  const created = Math.floor(requestedAt / 1000);
  const livemode = typeof object['livemode'] === 'boolean' ? object['livemode'] : null;
  // After every event id, so that of two that are equally likely the API's copy is taken as the later one.
  const id = `~${requestedAt} ${hash} ${named.id}`.slice(0, 255);
  const row = {
    id,
    object: COPY,
    ...(account === '' ? {} : { account }),
    api_version: apiVersion,
    created,
    requested_at: requestedAt,
    data: { object: maskedAtOnce(object, redact) },
    livemode,
    type: COPY,
  };
  return {
    account,
    id,
    type: COPY,
    created,
    livemode,
    apiVersion,
    object: named.object,
    objectId: named.id,
    proof: 'api copy',
    payload: Buffer.from(JSON.stringify(row)),
    receivedAt: now,
  };
}

/** The object that a row carries. */
export function objectOf(event: JsonObject): JsonObject | undefined {
  const { data } = event;
  return isObject(data) && isObject(data['object']) ? data['object'] : undefined;
}
