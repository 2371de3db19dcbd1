import type { Clock } from '../base/clock.ts';
import type { StoreCounts } from '../store/store.ts';
import type { LiveMessage } from './api/types.ts';
import type { Settings } from './options.ts';

/** Milliseconds: at most four messages a second, a look at the store for what other processes do, a sign of life. */
const APART = 250;
const LOOK = 2_000;
const ALIVE = 15_000;
/**
 * What took long is not done again for so many times its time, up to a minute: looking stays a small share. Counting a
 * hundred thousand events takes SQLite 45 ms, seeing which is the newest less than one.
 */
const SHARE = 20;
const FARTHEST = 60_000;
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

type Listener = {
  send: (piece: string) => Promise<unknown>;
  end: () => void;
  busy: boolean;
  /** Something changed while it was busy: it gets how things stand as soon as it is not. */
  behind: boolean;
};

/** Looks at the store while anybody listens: at once when this process's receiver did something, else now and then. */
export function createLive({ store, clock, activity, closing, onProblem }: Settings): Live {
  const listeners = new Set<Listener>();
  let told = '';
  let counts: Looked<StoreCounts> | undefined;
  let looking = false;
  let again = false;
  let unfollow: (() => void) | undefined;
  let cancelLook: (() => void) | undefined;
  let cancelAlive: (() => void) | undefined;
  let cancelWait: (() => void) | undefined;

  function send(listener: Listener, piece: string): void {
    listener.busy = true;
    listener.send(piece).then(() => {
      listener.busy = false;
      if (listener.behind && listeners.has(listener)) tell(listener);
    }, listener.end);
  }

  /** One that takes what it gets slowly misses what comes meanwhile, but never what came last. */
  function tell(listener: Listener): void {
    listener.behind = listener.busy;
    if (!listener.busy) send(listener, `data: ${told}\n\n`);
  }

  const wake = (): void => {
    if (looking || cancelWait) again = true;
    else void look();
  };

  const newestOf = () =>
    timed(clock, async () => (await store.listEvents({ limit: 1, copies: false })).items[0]?.seq ?? 0);
  const countsOf = () => timed(clock, () => store.counts());

  async function look(): Promise<void> {
    looking = true;
    again = false;
    let apart = APART;
    try {
      const newest = await newestOf();
      apart = Math.max(APART, newest.pause);
      if (!counts || clock.now() >= counts.until) counts = await countsOf();
      else again = true;
      const message: LiveMessage = { kind: 'changed', newest: newest.found, counts: counts.found };
      const text = JSON.stringify(message);
      // Whoever listens next is not told what may be old by then.
      if (text !== told && listeners.size > 0) {
        told = text;
        for (const listener of listeners) tell(listener);
        // What has come is soon worked on, and nobody tells when there is no handler for it.
        again ||= message.counts.events.pending + message.counts.events.processing > 0;
      }
    } catch (error) {
      if (!closing.aborted) onProblem('the console could not look at the store', error);
    } finally {
      looking = false;
    }
    if (listeners.size === 0) return;
    cancelWait = clock.after(apart, () => {
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
      () => listeners.forEach((listener) => listener.busy || send(listener, ': still here\n\n')),
      (cancel) => (cancelAlive = cancel),
    );
  }

  function rest(): void {
    for (const cancel of [unfollow, cancelLook, cancelAlive, cancelWait]) cancel?.();
    cancelWait = undefined;
    told = '';
    counts = undefined;
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
        behind: false,
        end() {
          resolve();
          if (listeners.delete(listener) && listeners.size === 0) rest();
        },
      };
      listeners.add(listener);
      if (listeners.size === 1) begin();
      if (told !== '') tell(listener);
      wake();
      return { now: listener.end, over };
    },
  };
}

/** What was found, how long to do without looking again, in milliseconds, and until when. */
type Looked<Found> = { found: Found; pause: number; until: number };

async function timed<Found>(clock: Clock, run: () => Promise<Found>): Promise<Looked<Found>> {
  const began = clock.now();
  const found = await run();
  const ended = clock.now();
  const pause = Math.min(FARTHEST, Math.max(0, SHARE * (ended - began)));
  return { found, pause, until: ended + pause };
}
