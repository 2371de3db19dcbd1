import type { JsonObject } from '../../base/json.ts';
import type { World } from '../world/world.ts';
import { isSentAt } from '../../stripe/versions/index.ts';
import type { LoggedEvent } from '../world/event-log.ts';
import type { Direct } from './direct.ts';

/** Where events go: made through the API, or given when the emulator was started and then part of every world. */
export type Endpoint = {
  id: string;
  url: string;
  secret: string;
  /** Event types, or `*`. */
  enabledEvents: readonly string[];
  /** The version its payloads are rendered in; null for the newest. */
  apiVersion: string | null;
  /** Whether it is for events of connected accounts, or for the account's own. `both` for endpoints of every world. */
  listens: 'own' | 'connect' | 'both';
  /** The account it belongs to; `''` is the platform. */
  account: string;
  /** Takes the request in place of the network: something in the same process. */
  send?: ((request: Request) => Promise<Response>) | undefined;
  /** Takes the bytes in place of the network: a receiver in the same process. */
  direct?: Direct | undefined;
};

/** The endpoints of a world that are switched on. */
export function endpointsOf(world: World, everywhere: readonly Endpoint[]): Endpoint[] {
  const endpoints = [...everywhere];
  for (const { account, table } of world.tables.named('webhook_endpoint')) {
    for (const row of table.rows()) {
      const endpoint = row.object as JsonObject & { id: string };
      if (row.deleted || endpoint['status'] !== 'enabled') continue;
      endpoints.push({
        id: endpoint.id,
        url: String(endpoint['url']),
        secret: String(row.hidden['secret']),
        enabledEvents: endpoint['enabled_events'] as string[],
        apiVersion: endpoint['api_version'] as string | null,
        listens: row.hidden['connect'] === true ? 'connect' : 'own',
        account,
      });
    }
  }
  return endpoints;
}

/** Whether an endpoint asked for an event. */
export function wants(endpoint: Endpoint, { event }: LoggedEvent): boolean {
  const { apiVersion } = endpoint;
  const object = (event['data'] as JsonObject)['object'] as JsonObject;
  if (apiVersion !== null && !isSentAt(event.type, object, apiVersion)) return false;
  return asksFor(endpoint, event.type, event.account ?? '');
}

/** Whether an endpoint asked for events of a type from an account (`''` is the platform). */
export function asksFor(endpoint: Endpoint, type: string, account: string): boolean {
  const { enabledEvents, listens } = endpoint;
  if (!enabledEvents.includes('*') && !enabledEvents.includes(type)) return false;
  if (listens === 'both') return true;
  // Only the platform has connected accounts; a connect endpoint made by one of them has nobody to listen to.
  return listens === 'connect' ? endpoint.account === '' && account !== '' : account === endpoint.account;
}
