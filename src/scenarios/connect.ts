import type Stripe from 'stripe';
import { PaybellError } from '../base/errors.ts';

/** Whatever answers HTTP requests: an emulator in this process, or `fetch` itself. */
export type Fetch = (request: Request) => Promise<Response>;

/** Loads the official SDK, which is an optional peer: whoever receives webhooks may do without it. */
export async function loadSdk(): Promise<typeof Stripe> {
  try {
    const module = (await import('stripe')) as { default?: typeof Stripe; Stripe?: typeof Stripe };
    return (module.default ?? module.Stripe)!;
  } catch (cause) {
    throw new PaybellError('sdk_missing', 'Install it beside paybell: npm install stripe', { cause });
  }
}

/** The SDK for a test key, sending every request through `fetch`: no port and no network are needed. */
export async function connect(fetch: Fetch, key: string, config: Stripe.StripeConfig = {}): Promise<Stripe> {
  const Sdk = await loadSdk();
  const send = (input: string | URL | Request, init?: RequestInit) => fetch(new Request(input, init));
  return new Sdk(key, {
    host: '127.0.0.1',
    port: 12111,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Sdk.createFetchHttpClient(send as never),
    ...config,
  });
}
