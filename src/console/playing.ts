import { random } from '../base/ids.ts';
import { play, type Progress, type Scenario } from '../scenarios/index.ts';
import { compareMirror } from '../scenarios/receive.ts';
import type { EventState } from '../store/store.ts';
import type { PlayMessage } from './api/types.ts';
import type { Settings } from './options.ts';
import { waiting } from './waiting.ts';

export type Playing = {
  path: string;
  without: string | null;
  /** Milliseconds before each delivery. */
  pace: number;
  tell: (message: PlayMessage) => void;
  /** Aborted when nobody watches any more: the rest goes as fast as it can. */
  hurry: AbortSignal;
};

/** How long is waited for events to be processed after the run, and between looks, in milliseconds. */
const PATIENCE = 15_000;
const LOOK = 60;
const PAGE = 500;
/** Deliveries go one after the other, so that the last ones of a slow run wait for long: an hour, in milliseconds. */
const TIMEOUT = 3_600_000;
const FINISHED: ReadonlySet<EventState> = new Set(['done', 'dead', 'refused']);

/**
 * Plays a path of a scenario in a world of its own, with ids of its own, and delivers what it fires to the receiver of
 * this process through its own door.
 */
export async function playInto(
  settings: Settings & { secret: string },
  scenario: Scenario,
  { path, without, pace, tell, hurry }: Playing,
): Promise<void> {
  const { receiver, store, clock, secret, addresses } = settings;
  const url = addresses['Receiver'] ?? `http://127.0.0.1${(await receiver.status()).path}`;
  const arrivals = createArrivals(settings, tell);
  let progress: Progress | undefined;
  let before: Promise<unknown> = Promise.resolve();

  async function deliver(request: Request): Promise<Response> {
    const { id, type } = (await request.clone().json()) as { id: string; type: string };
    const index = progress?.placeOf(id) ?? null;
    // What had to be there before is not what people watch for.
    if (index !== null) await waiting(clock, pace, hurry);
    tell({ kind: 'sent', index, type, id });
    const began = clock.now();
    const response = await receiver.fetch(request);
    tell({ kind: 'answered', index, id, status: response.status, ms: clock.now() - began });
    if (response.ok) arrivals.expect(id, index);
    return response;
  }
  // In the order in which they are told, one at a time: so that each can be watched.
  const send = (request: Request): Promise<Response> => {
    const answer = before.then(() => deliver(request));
    before = answer.catch(() => {});
    return answer;
  };

  const looking = arrivals.look(hurry);
  try {
    const run = await play(scenario, path, {
      without,
      seed: random().text(12),
      webhooks: [{ url, secret, send }],
      timeoutMs: TIMEOUT,
      onStep(next) {
        progress = next;
        tell({ kind: 'step', step: next.step, what: scenario.paths[path]!.steps[next.step]! });
      },
    });
    arrivals.end();
    await looking;
    const mirror = await compareMirror(store, run.truth, { shared: true });
    tell({ kind: 'ended', events: run.events.length, problems: run.problems, mirror });
  } finally {
    arrivals.end();
  }
}

/** Follows events from their arrival until they are processed. */
function createArrivals({ store, clock, closing }: Settings, tell: (message: PlayMessage) => void) {
  const open = new Map<string, number | null>();
  let ending: number | undefined;

  async function lookOnce(last: boolean): Promise<void> {
    const ids = [...open.keys()];
    for (let from = 0; from < ids.length; from += PAGE) {
      const { items } = await store.listEvents({ ids: ids.slice(from, from + PAGE), limit: PAGE });
      for (const { id, state } of items) {
        if (!open.has(id) || !(last || FINISHED.has(state))) continue;
        tell({ kind: 'processed', index: open.get(id)!, id, state });
        open.delete(id);
      }
    }
  }

  return {
    expect: (id: string, index: number | null) => void open.set(id, index),
    /** No more will come. */
    end: () => void (ending ??= clock.now()),
    /** Resolves when all are processed, or have had their time. */
    async look(hurry: AbortSignal): Promise<void> {
      while (!closing.aborted) {
        const last = ending !== undefined && (clock.now() - ending > PATIENCE || hurry.aborted);
        await lookOnce(last);
        if (last || (ending !== undefined && open.size === 0)) return;
        // Not hurried: an aborted wait would look again and again.
        await waiting(clock, LOOK, closing);
      }
    },
  };
}
