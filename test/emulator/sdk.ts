import Stripe from 'stripe';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.ts';

/** The official SDK, talking to an emulator in this process: no port, no network. */
export function sdkFor(emulator: Emulator, key = 'sk_test_world', config: Stripe.StripeConfig = {}): Stripe {
  const httpClient = Stripe.createFetchHttpClient(((input: string | URL | Request, init?: RequestInit) =>
    emulator.fetch(
      new Request(input, { ...init, ...(init?.body ? { duplex: 'half' } : {}) } as RequestInit),
    )) as never);
  return new Stripe(key, {
    host: '127.0.0.1',
    port: 12111,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient,
    ...config,
  });
}

/** 2026-11-22T00:00:00Z: where time stands in tests. */
export const NOW = 1_795_305_600;

/** A fresh emulator whose time stands still, whose ids repeat and whose objects nothing may change in place, and the SDK for one of its worlds. */
export function start(options: EmulatorOptions = {}, key = 'sk_test_world') {
  const emulator = createEmulator({ seed: 'test', frozenAt: NOW, freeze: true, ...options });
  return { emulator, stripe: sdkFor(emulator, key), ...emulator.open(key) };
}

export const typesOf = (world: { log: { all: readonly { event: { type: string } }[] } }): string[] =>
  world.log.all.map(({ event }) => event.type);
