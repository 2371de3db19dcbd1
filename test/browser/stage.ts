import type Stripe from 'stripe';
import { createActivity, createLatencies, type LocalStripe } from '../../src/console/index.ts';
import { serveReceiver } from '../../src/cli/receiver-server.ts';
import { createEmulator, type Emulator } from '../../src/emulator/index.ts';
import { createReceiver, type Receiver, type ReceiverOptions, type Store } from '../../src/receiver/index.ts';
import { connect } from '../../src/scenarios/connect.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';

/** A receiver with its console and a local Stripe beside it, as `paybell dev` has them. */
export type Stage = AsyncDisposable & {
  url: string;
  receiver: Receiver;
  store: Store;
  emulator: Emulator;
  stripe: Stripe;
};

export type StageOptions = {
  /** Registers handlers before anything is received. */
  handlers?: (receiver: Receiver) => void;
  retry?: ReceiverOptions<never>['retry'];
  /** Stored before anything else, and not worked on. */
  fill?: (store: Store) => Promise<void>;
  readOnly?: boolean;
};

export const SECRET = 'whsec_browser00000000000000000000000';
const KEY = 'sk_test_browser0000000000';
const PATH = '/payments/webhook/';

export async function openStage({ handlers, retry, fill, readOnly = false }: StageOptions = {}): Promise<Stage> {
  const store = createSqliteStore({ path: ':memory:' });
  const activity = createActivity();
  const latencies = createLatencies(activity.observer);
  const receiver = createReceiver({
    store: store as never,
    secrets: SECRET,
    path: PATH,
    observe: latencies.observer,
    ...(retry && { retry }),
  }) as Receiver;
  handlers?.(receiver);
  await fill?.(store as Store);
  let local: LocalStripe | undefined;
  const server = await serveReceiver({
    // What it was filled with stays as it is.
    receiver: fill ? { ...receiver, start: async () => {} } : receiver,
    store: store as Store,
    latencies,
    activity,
    readOnly,
    secret: SECRET,
    stripe: () => local,
    path: PATH,
    host: '127.0.0.1',
    port: 0,
  });
  const emulator = createEmulator({
    webhooks: [{ url: `${server.url}${PATH}`, secret: SECRET, send: (request) => receiver.fetch(request) }],
  });
  local = { emulator, key: KEY, url: 'http://127.0.0.1:12111' };
  return {
    url: server.url,
    receiver,
    store: store as Store,
    emulator,
    stripe: await connect(emulator.fetch, KEY),
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await server[Symbol.asyncDispose]();
      await store.close();
    },
  };
}
