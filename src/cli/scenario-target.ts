import { setTimeout as pause } from 'node:timers/promises';
import { random } from '../base/ids.ts';
import { play, type Run, type Scenario } from '../scenarios/index.ts';
import { compareMirror, type MirrorCheck } from '../scenarios/receive.ts';
import type { Store } from '../store/store.ts';

/** A receiver somewhere on this machine: where it takes deliveries, and its store, where it can be looked into. */
export type Target = { url: string; secret: string; store: Store | undefined };

/** What a receiver made of a run: null where its store cannot be looked into. */
export type Arrival = {
  delivered: number;
  /** Answers other than 2xx. */
  refused: string[];
  mirror: MirrorCheck | null;
  /** Events that were not proven, or not processed in time. */
  unprocessed: string[] | null;
};

const PATIENCE_MS = 15_000;
const LOOK_MS = 25;
const PAGE = 500;

/** Plays a path of a scenario, with ids of its own, and sends what it fires over the network to a receiver. */
export async function playTo(
  target: Target,
  scenario: Scenario,
  path: string,
  without: string | null,
): Promise<Run & { arrival: Arrival }> {
  const refused: string[] = [];
  const ids: string[] = [];
  const send = async (request: Request): Promise<Response> => {
    const { id, type } = (await request.clone().json()) as { id: string; type: string };
    const response = await fetch(request).catch((error: unknown) => {
      refused.push(`${type}: ${target.url} does not answer`);
      throw error;
    });
    if (response.ok) ids.push(id);
    else refused.push(`${type}: ${response.status} ${(await response.clone().text()).slice(0, 200)}`);
    return response;
  };
  const { url, secret, store } = target;
  const run = await play(scenario, path, { without, seed: random().text(12), webhooks: [{ url, secret, send }] });
  const unprocessed = store ? await untilProcessed(store, ids) : null;
  const mirror = store ? await compareMirror(store, run.truth, { shared: true }) : null;
  return { ...run, arrival: { delivered: ids.length, refused, mirror, unprocessed } };
}

/** Waits until events are proven and done; resolves to what is to be said of those that are not. */
async function untilProcessed(store: Store, ids: readonly string[]): Promise<string[]> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const open: string[] = [];
    for (let from = 0; from < ids.length; from += PAGE) {
      const wanted = ids.slice(from, from + PAGE);
      const { items } = await store.listEvents({ ids: wanted, limit: PAGE });
      const done = new Map(items.map(({ id, valid, state }) => [id, `${state}${valid ? '' : ', not proven'}`]));
      for (const id of wanted) if (done.get(id) !== 'done') open.push(`${id}: ${done.get(id) ?? 'not stored'}`);
    }
    if (open.length === 0 || performance.now() > end) return open;
    await pause(LOOK_MS);
  }
}
