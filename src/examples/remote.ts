import { PaybellError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { loadSdk, type Stage } from '../scenarios/index.ts';
import { infoOf } from './index.ts';
import { sourceOf } from './source.ts';

/** Where a local Stripe listens, whose world of it, and how its control routes are called (`POST /clock`). */
export type Remote = {
  url: string;
  key: string;
  control: <Answer>(route: string, body?: object) => Promise<Answer>;
};

/** How many due moments are let happen after a story before it is given up. */
const MOST_STEPS = 24;

/**
 * Plays what fires an event in a world that is already there, and returns the event. Its endpoints get all that fires on the
 * way, and its clock moves as far as the story takes. Throws for what nothing in the emulator fires.
 */
export async function playThere(type: string, { url, key, control }: Remote): Promise<JsonObject> {
  infoOf(type);
  const from = sourceOf(type);
  if (from.reachedBy === 'schema')
    throw new PaybellError('bad_option', `Nothing in the emulator fires ${type}: send an example of it with --to.`);
  const Sdk = await loadSdk();
  const { protocol, hostname, port } = new URL(url);
  const stripe = new Sdk(key, {
    host: hostname,
    port,
    protocol: protocol === 'https:' ? 'https' : 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  // What happens outside the API is told in order with the calls that follow: each waits for those before it.
  let outside: Promise<unknown> = Promise.resolve();
  const tell = (route: string, body: object) => void (outside = outside.then(() => control(route, body)));
  const settle = async () => {
    await outside;
    await control('POST /settle');
  };
  const stage: Stage = {
    stripe,
    act: (what) => tell('POST /act', what),
    dashboard: (settings) => tell('POST /dashboard', settings),
    holds: () => true,
    async wait(span) {
      await outside;
      await control('POST /clock', { advance: span });
    },
    async step(_, run) {
      await outside;
      const result = await run();
      await settle();
      return result;
    },
  };
  // The log, not the list of events: that one reaches back 30 days, and a story may take months.
  const log = async () => (await control<{ data: { event: JsonObject }[] }>('GET /log')).data;
  const before = (await log()).length;
  if (from.reachedBy === 'scenario') await from.scenario.paths[from.path]!.run(stage);
  else await from.recipe.run(stage);
  await settle();
  const fired = async () => (await log()).slice(before).find(({ event }) => event['type'] === type)?.event;
  // Months are not as long here as where the story was written: what it counted on may still be due.
  for (let steps = 0; ; steps++) {
    const found = await fired();
    if (found) return found;
    const { next_due } = await control<{ next_due: number | null }>('GET /clock');
    if (next_due === null || steps === MOST_STEPS) throw new Error(`${type} did not come about in this world.`);
    await control('POST /clock', { advance: 'next' });
    await settle();
  }
}
