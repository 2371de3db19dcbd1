import type Stripe from 'stripe';
import { random } from '../base/ids.ts';
import { createEmulator, parseSpan, type Emulator, type OpenWorld } from '../emulator/index.ts';
import { connect, type Stage } from '../scenarios/index.ts';

/** 2026-01-15T10:00:00Z: where time begins for every example, as it does for every scenario. */
export const BEGINNING = 1_768_471_200;

/** A world that an example is made in, and what plays in it. */
export type ExampleWorld = AsyncDisposable & {
  readonly emulator: Emulator;
  readonly open: OpenWorld;
  readonly key: string;
  readonly stripe: Stripe;
  readonly stage: Stage;
};

/** Opens a private world that begins at a moment (Unix seconds). The same name gives the same ids. */
export async function openExampleWorld(name: string, at = BEGINNING): Promise<ExampleWorld> {
  const emulator = createEmulator({ seed: name, frozenAt: at });
  const key = `sk_test_${name.replaceAll(/\W/g, '-')}`;
  const open = emulator.open(key);
  const stripe = await connect(withSteadyKeys(emulator, name), key);
  const stage: Stage = {
    stripe,
    act: (what) => void open.act(what),
    dashboard: (settings) => void open.dashboard(settings),
    holds: () => true,
    wait: (span) => open.time.advance(parseSpan(span, open.world.clock.now())),
    async step(_, run) {
      try {
        return await run();
      } finally {
        await open.settled();
      }
    },
  };
  return { emulator, open, key, stripe, stage, [Symbol.asyncDispose]: () => emulator.close() };
}

/** The SDK makes up an idempotency key for each call. Events show it, so here it is the same in every run. */
function withSteadyKeys({ fetch }: Emulator, name: string): Emulator['fetch'] {
  const { text } = random(`keys of ${name}`);
  return (request) => {
    if (request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', `stripe-node-retry-${text(8).toLowerCase()}-${text(12).toLowerCase()}`);
    return fetch(request);
  };
}
