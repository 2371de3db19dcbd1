import { createActivity, createConsole, type ConsoleOptions } from '../../src/console/index.ts';
import { createEmulator } from '../../src/emulator/index.ts';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';

export const SECRET = 'whsec_console00000000000000000000';
export const ORIGIN = 'http://127.0.0.1:4242';
const WEBHOOK = `${ORIGIN}/payments/webhook/`;

export type Opened = ReturnType<typeof openConsole>;

/** A console over a receiver with a store in memory. */
export function openConsole(
  options: Partial<ConsoleOptions> = {},
  receiverOptions: Partial<ReceiverOptions<never>> = {},
) {
  const store = createSqliteStore({ path: ':memory:' });
  const activity = createActivity();
  const receiver = createReceiver({
    store,
    secrets: SECRET,
    path: '/payments/webhook/',
    observe: activity.observer,
    ...(receiverOptions as object),
  });
  const problems: unknown[] = [];
  const console = createConsole({
    receiver,
    store,
    activity,
    addresses: { Receiver: WEBHOOK },
    onProblem: (_, error) => problems.push(error),
    ...options,
  });
  const ask = (path: string, init: RequestInit = {}) => console.fetch(new Request(`${ORIGIN}${path}`, init));
  const sent = (method: string, path: string, body?: unknown) =>
    ask(`/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    store,
    receiver,
    console,
    activity,
    problems,
    ask,
    /** The JSON of an answer, whatever its status. */
    get: async <Answer>(path: string) => (await (await ask(`/api/${path}`)).json()) as Answer,
    post: async <Answer>(path: string, body?: unknown) => (await (await sent('POST', path, body)).json()) as Answer,
    send: sent,
    deliver: (body = eventBody()) => receiver.fetch(signedRequest(body, { secret: SECRET })),
    async [Symbol.asyncDispose]() {
      console.close();
      await receiver.close();
      await store.close();
    },
  };
}

export const KEY = 'sk_test_console1234567890';

/** The same with a local Stripe that delivers to the receiver, and the secret to play scenarios with. */
export function openWithStripe(options: Partial<ConsoleOptions> = {}) {
  const stripe: { emulator?: ReturnType<typeof createEmulator> } = {};
  const opened = openConsole({
    secret: SECRET,
    stripe: () =>
      stripe.emulator ? { emulator: stripe.emulator, key: KEY, url: 'http://127.0.0.1:12111' } : undefined,
    ...options,
  });
  const emulator = createEmulator({
    webhooks: [{ url: WEBHOOK, secret: SECRET, send: (request) => opened.receiver.fetch(request) }],
  });
  stripe.emulator = emulator;
  return {
    ...opened,
    emulator,
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await opened[Symbol.asyncDispose]();
    },
  };
}

/** An event of an object, as Stripe would send it. */
export function event(
  id: string,
  type: string,
  object: Record<string, unknown>,
  { created = 1_768_471_200, previous }: { created?: number; previous?: Record<string, unknown> } = {},
): string {
  const data = { object, ...(previous && { previous_attributes: previous }) };
  const about = { id, object: 'event', api_version: '2026-10-28.endive', created, livemode: false, type };
  return JSON.stringify({ ...about, data, pending_webhooks: 1, request: { id: null, idempotency_key: null } });
}

/** The messages of an event stream, as they come. */
export async function* messages<Message>(answer: Response): AsyncGenerator<Message> {
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const piece = text.slice(0, end);
      text = text.slice(end + 2);
      if (piece.startsWith('data: ')) yield JSON.parse(piece.slice('data: '.length)) as Message;
    }
  }
}
