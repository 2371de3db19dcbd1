import type Stripe from 'stripe';
import { loadSdk } from '../scenarios/index.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';

/** Options of every command that asks Stripe something. */
export const API_OPTIONS: OptionSpec[] = [
  { flags: '--api-key <key>', about: 'the API key (or STRIPE_API_KEY)' },
  { flags: '--api-base <url>', about: 'ask this Stripe in place of api.stripe.com, such as http://127.0.0.1:12111' },
];

/** The official SDK for these options, or undefined when no key is given. */
export async function apiClient(options: Invocation['options']): Promise<Stripe | undefined> {
  const key = apiKey(options);
  if (!key) return undefined;
  const Sdk = await loadSdk();
  const base = options['apiBase'] as string | undefined;
  if (!base) return new Sdk(key);
  if (!URL.canParse(base)) throw new UsageError(`--api-base takes an address, not '${base}'.`);
  const { protocol, hostname, port } = new URL(base);
  return new Sdk(key, { host: hostname, port, protocol: protocol === 'http:' ? 'http' : 'https' });
}

/** Whether the given key is for live mode; undefined when it does not say. */
export function keyMode(options: Invocation['options']): boolean | undefined {
  const mode = /^[a-z]+_(live|test)_/.exec(apiKey(options) ?? '')?.[1];
  return mode === undefined ? undefined : mode === 'live';
}

/** The key that the options or the environment name. */
export const apiKey = (options: Invocation['options']): string | undefined =>
  (options['apiKey'] as string | undefined) ?? process.env['STRIPE_API_KEY'];

/** The same, where a key is needed. */
export async function needApiClient(options: Invocation['options']): Promise<Stripe> {
  const client = await apiClient(options);
  if (!client) throw new UsageError('Give an API key: --api-key, or STRIPE_API_KEY.');
  return client;
}
