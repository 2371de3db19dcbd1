import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { PaybellError } from '../../base/errors.ts';
import { bitcoin } from './bitcoin.ts';
import { cards } from './cards.ts';
import type { LegacyExample } from './era.ts';
import { orders } from './orders.ts';
import { others } from './others.ts';
import { transfers } from './transfers.ts';

/** An example of every type that Stripe no longer sends, in the shape of its time. */
export const LEGACY_EXAMPLES: Readonly<Record<string, LegacyExample>> = {
  ...bitcoin,
  ...cards,
  ...orders,
  ...others,
  ...transfers,
};

/** The whole event, its envelope of the same time. */
export function legacyEvent(type: string): JsonObject {
  const example = LEGACY_EXAMPLES[type];
  if (!example) throw new PaybellError('bad_option', `No example of ${type}.`);
  const { apiVersion, created, object, previous } = example;
  const name = createHash('sha256').update(type).digest('hex').slice(0, 14);
  return {
    id: `evt_${name}`,
    object: 'event',
    api_version: apiVersion,
    created,
    data: { object, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: 1,
    // A request was just its id until 2017-05-25.
    request: apiVersion < '2017-05-25' ? `iar_${name}` : { id: `req_${name}`, idempotency_key: null },
    type,
  };
}
