import type { Store } from '../store/store.ts';
import type { LiveMessage } from './api/types.ts';
import type { Settings } from './options.ts';

/** Milliseconds: at most four messages a second, a look at the store for what other processes do, a sign of life. */
const APART = 250;
const LOOK = 2_000;
const ALIVE = 15_000;
const MOST_LISTENERS = 50;

/** A listener that can go: `now` lets it, `over` resolves when it has gone or the console is closed. */
export type Listening = { now: () => void; over: Promise<void> };

/** Who listens for changes, and what they are told. */
export type Live = {
  /** No more may listen. */
  readonly full: boolean;
  /** Tells of changes from now on, beginning with how things stand. `send` gets a piece of an event stream. */
  listen(send: (piece: string) => Promise<unknown>): Listening;
};

type Listener = { send: (piece: string) => Promise<unknown>; end: () => void; busy: boolean };

/** Looks at the store while anybody listens: at once when this process's receiver did something, else now and then. */
export function createLive({ store, clock, activity, closing, onProblem }: Settings): Live {
  const listeners = new Set<Listener>();
  let told = '';
  let last: LiveMessage | undefined;
  let looking = false;
  let again = false;
  let unfollow: (() => void) | undefined;
  let cancelLook: (() => void) | undefined;
  let cancelAlive: (() => void) | undefined;
  let cancelWait: (() => void) | undefined;

  function send(listener: Listener, piece: string): void {
    // One that takes what it gets slowly misses what comes meanwhile: the next message has everything.
    if (listener.busy) return;
    listener.busy = true;
    listener.send(piece).then(() => (listener.busy = false), listener.end);
  }

  const wake = (): void => {
    if (looking || cancelWait) again = true;
    else void look();
  };

  async function look(): Promise<void> {
    looking = true;
    again = false;
    try {
      const message = await stateOf(store);
      const text = JSON.stringify(message);
      last = message;
      if (text !== told) {
        told = text;
        for (const listener of listeners) send(listener, `data: ${text}\n\n`);
        // What has come is soon worked on, and nobody tells when there is no handler for it.
        again ||= message.counts.events.pending + message.counts.events.processing > 0;
      }
    } catch (error) {
      if (!closing.aborted) onProblem('the console could not look at the store', error);
    } finally {
      looking = false;
    }
    if (listeners.size === 0) return;
    cancelWait = clock.after(APART, () => {
      cancelWait = undefined;
      if (again && listeners.size > 0) void look();
    });
  }

  function begin(): void {
    unfollow = activity.follow({ delivered: wake, handled: wake });
    const every = (ms: number, run: () => void, keep: (cancel: () => void) => void): void =>
      keep(
        clock.after(ms, () => {
          run();
          every(ms, run, keep);
        }),
      );
    every(LOOK, wake, (cancel) => (cancelLook = cancel));
    every(
      ALIVE,
      () => listeners.forEach((listener) => send(listener, ': still here\n\n')),
      (cancel) => (cancelAlive = cancel),
    );
  }

  function rest(): void {
    for (const cancel of [unfollow, cancelLook, cancelAlive, cancelWait]) cancel?.();
    cancelWait = undefined;
    last = undefined;
    told = '';
  }

  closing.addEventListener('abort', () => listeners.forEach(({ end }) => end()));
  return {
    get full() {
      return closing.aborted || listeners.size >= MOST_LISTENERS;
    },
    listen(sendTo) {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const listener: Listener = {
        send: sendTo,
        busy: false,
        end() {
          resolve();
          if (listeners.delete(listener) && listeners.size === 0) rest();
        },
      };
      listeners.add(listener);
      if (listeners.size === 1) begin();
      if (last) send(listener, `data: ${JSON.stringify(last)}\n\n`);
      wake();
      return { now: listener.end, over };
    },
  };
}

async function stateOf(store: Store): Promise<LiveMessage> {
  const [counts, { items }] = await Promise.all([store.counts(), store.listEvents({ limit: 1, copies: false })]);
  return { kind: 'changed', newest: items[0]?.seq ?? 0, counts };
}
