import type Stripe from 'stripe';
import { eventTypes, NEWEST_VERSION } from '../stripe/index.ts';
import { UsageError } from './define.ts';

/** What an endpoint should be, by the patterns that are registered, beside what it is. */
export type EndpointPlan = {
  url: string;
  /** The endpoint of that address, if there is one. */
  id: string | null;
  status: string | null;
  wanted: string[];
  add: string[];
  remove: string[];
  api_version: { now: string | null; sdk: string };
};

/** The event types to subscribe to: Stripe takes types and `*`, no other patterns. Legacy types no longer exist there. */
export function wantedTypes(patterns: readonly string[]): string[] {
  if (patterns.includes('*')) return ['*'];
  const types = patterns.flatMap((pattern) =>
    eventTypes(pattern).filter(({ payload, era }) => payload === 'snapshot' && era === 'current'),
  );
  return [...new Set(types.map(({ type }) => type))].toSorted();
}

/** Which endpoint is meant: the one of an address, for the account's own events or for its connected accounts', or one by its id. */
export type EndpointChoice = { url: string; id?: string | undefined; connect: boolean };

/** Stripe does not tell which kind an endpoint is of, so those that are created here have it noted in their metadata. */
const KIND = 'paybell_connect';

/**
 * Compares an endpoint with what the patterns need. Changes nothing. Throws a `UsageError` when it is not clear which one
 * is meant, and when there is nothing to subscribe to.
 */
export async function planEndpoint(
  stripe: Stripe,
  choice: EndpointChoice,
  patterns: readonly string[],
): Promise<EndpointPlan> {
  const wanted = wantedTypes(patterns);
  if (wanted.length === 0)
    throw new UsageError(
      `There is nothing to subscribe to: ${patterns.length === 0 ? 'the file registers no handler' : `an endpoint gets none of ${patterns.join(', ')} (legacy and thin events)`}.`,
    );
  const found = choice.id === undefined ? await atAddress(stripe, choice) : await byId(stripe, choice.id);
  const has = found?.enabled_events ?? [];
  return {
    url: found?.url ?? choice.url,
    id: found?.id ?? null,
    status: found?.status ?? null,
    wanted,
    add: wanted.filter((type) => !has.includes(type) && !has.includes('*')),
    remove: has.filter((type) => !wanted.includes(type)),
    api_version: { now: found?.api_version ?? null, sdk: NEWEST_VERSION },
  };
}

async function atAddress(
  stripe: Stripe,
  { url, connect }: EndpointChoice,
): Promise<Stripe.WebhookEndpoint | undefined> {
  const found: Stripe.WebhookEndpoint[] = [];
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 }))
    if (sameAddress(endpoint.url, url) && (endpoint.metadata[KIND] ?? String(connect)) === String(connect))
      found.push(endpoint);
  if (found.length <= 1) return found[0];
  const all = found.map((one) => `${one.id} (${one.description ?? one.status}, ${one.enabled_events.length} types)`);
  throw new UsageError(`${found.length} endpoints have this address; say which with --endpoint: ${all.join(', ')}.`);
}

async function byId(stripe: Stripe, id: string): Promise<Stripe.WebhookEndpoint> {
  try {
    return await stripe.webhookEndpoints.retrieve(id);
  } catch (error) {
    if ((error as Stripe.errors.StripeError).code !== 'resource_missing') throw error;
    throw new UsageError(`There is no endpoint ${id}.`);
  }
}

/**
 * Makes the endpoint what the plan says: creates it, in the API version that handlers compile against, which tells its
 * secret once; or changes its event types. The version of an existing one cannot be changed.
 */
export async function applyEndpoint(
  stripe: Stripe,
  plan: EndpointPlan,
  { connect = false } = {},
): Promise<Stripe.WebhookEndpoint> {
  const enabled_events = plan.wanted as Stripe.WebhookEndpointCreateParams.EnabledEvent[];
  if (plan.id !== null) return stripe.webhookEndpoints.update(plan.id, { enabled_events });
  const api_version = plan.api_version.sdk as Stripe.WebhookEndpointCreateParams.ApiVersion;
  const metadata = { [KIND]: String(connect) };
  return stripe.webhookEndpoints.create({ url: plan.url, enabled_events, api_version, connect, metadata });
}

const sameAddress = (a: string, b: string) => a.replace(/\/$/, '') === b.replace(/\/$/, '');
