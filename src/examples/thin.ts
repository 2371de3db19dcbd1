import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { schema } from '../stripe/schema.ts';

/** A link to an object, as notifications carry it. */
export type Related = { id: string; type: string; url: string };

/**
 * A notification: what happened, and a link. `created` is Unix seconds; `snapshot` is the id of the snapshot event it is
 * the twin of, if it is one of the pairs.
 */
export function notification(
  type: string,
  created: number,
  related: Related | null,
  snapshot: string | null,
): JsonObject {
  const name = createHash('sha256').update(`${type} ${related?.id}`).digest('hex');
  return {
    id: `evt_${snapshot ? '' : 'test_'}${name.slice(0, 40)}`,
    object: 'v2.core.event',
    type,
    created: new Date(created * 1000).toISOString(),
    livemode: false,
    reason: { type: 'request', request: { id: `req_v2${name.slice(40, 54)}`, idempotency_key: name.slice(0, 32) } },
    related_object: related,
    ...(snapshot && { snapshot_event: snapshot }),
  };
}

/** A link to an object of the emulator; null for one that has no id to be found by. */
export function linkTo(object: JsonObject): Related | null {
  const { id, object: type } = object as { id?: string; object: string };
  if (!id) return null;
  return { id, type, url: pathTo(type, object) };
}

/** A made-up link to an object of the v2 API, which the emulator has none of. */
export function linkToV2(type: string): Related {
  const words = type.split('.').slice(1);
  const last = words.at(-1)!;
  const name = createHash('sha256').update(type).digest('hex').slice(0, 16);
  const id = `${
    V2_PREFIX[last] ??
    last
      .split('_')
      .map((word) => word[0])
      .join('')
  }_test_${name}`;
  return { id, type, url: `/v2/${words.slice(0, -1).join('/')}/${last}s/${id}` };
}

const V2_PREFIX: Record<string, string> = {
  account: 'acct',
  account_person: 'person',
  event_destination: 'ed',
  financial_account: 'fa',
  financial_address: 'finaddr',
  inbound_transfer: 'ibt',
  outbound_payment: 'obp',
  outbound_transfer: 'obt',
  payout_method: 'usba',
  received_credit: 'rc',
  received_debit: 'rd',
  transaction: 'trxn',
};

/** Where the API shows an object: the path of the call that retrieves it, its ids filled in. */
function pathTo(type: string, object: JsonObject): string {
  const found = schema().operations.filter(
    ({ method, path, returns }) =>
      method === 'GET' && path.endsWith('}') && returns.kind === 'ref' && returns.to[0] === type,
  );
  const shortest = found.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  if (!shortest) return `/v1/${type.replaceAll('.', '/')}s/${String(object['id'])}`;
  const ids = [object['customer'] ?? object['account'] ?? object['charge'] ?? object['id'], object['id']];
  const names = shortest.path.match(/\{\w+\}/g)!;
  let next = names.length === 1 ? 1 : 0;
  return shortest.path.replace(/\{\w+\}/g, () => encodeURIComponent(String(ids[Math.min(next++, 1)])));
}
