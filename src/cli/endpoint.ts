import type Stripe from 'stripe';
import { eventTypes, NEWEST_VERSION } from '../stripe/index.ts';

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

/** Compares the endpoint of an address with what the patterns need. Changes nothing. */
export async function planEndpoint(stripe: Stripe, url: string, patterns: readonly string[]): Promise<EndpointPlan> {
  const wanted = wantedTypes(patterns);
  let found: Stripe.WebhookEndpoint | undefined;
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 }))
    if (sameAddress(endpoint.url, url)) found = endpoint;
  const has = found?.enabled_events ?? [];
  return {
    url,
    id: found?.id ?? null,
    status: found?.status ?? null,
    wanted,
    add: wanted.filter((type) => !has.includes(type) && !has.includes('*')),
    remove: has.filter((type) => !wanted.includes(type)),
    api_version: { now: found?.api_version ?? null, sdk: NEWEST_VERSION },
  };
}

/** Makes the endpoint what the plan says: creates it, which tells its secret once, or changes its event types. */
export async function applyEndpoint(stripe: Stripe, plan: EndpointPlan): Promise<Stripe.WebhookEndpoint> {
  const enabled_events = plan.wanted as Stripe.WebhookEndpointCreateParams.EnabledEvent[];
  if (plan.id === null) return stripe.webhookEndpoints.create({ url: plan.url, enabled_events });
  return stripe.webhookEndpoints.update(plan.id, { enabled_events });
}

const sameAddress = (a: string, b: string) => a.replace(/\/$/, '') === b.replace(/\/$/, '');
