import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { branchesOf, pathOf, scenarioOf } from '../../scenarios/index.ts';
import { bodyOf, textOf, wholeOf } from '../body.ts';
import type { Settings } from '../options.ts';
import { playInto } from '../playing.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { PlayMessage } from './types.ts';

const SLOWEST = 2_000;

/** Plays a scenario into this process's receiver, and tells how it goes. */
export function playRoutes(settings: Settings): Hono {
  const { secret, closing, onProblem } = settings;
  const app = new Hono();
  let playing = false;

  app.post('/scenarios/:id/play', async (c) => {
    const scenario = scenarioOf(c.req.param('id'));
    const body = await bodyOf(c, ['path', 'without', 'pace']);
    const name = textOf(body, 'path') ?? Object.keys(scenario.paths)[0]!;
    const path = pathOf(scenario, name);
    const without = textOf(body, 'without') ?? null;
    if (!branchesOf(path).includes(without)) throw invalid(`${scenario.id}/${name} has no condition '${without}'.`);
    const pace = wholeOf(body, 'pace', { min: 0, max: SLOWEST }) ?? 0;
    if (secret === undefined)
      throw new Refusal(409, 'cannot_play', 'Scenarios are played by `npx paybell dev`, which knows the secret.');
    if (playing) throw new Refusal(409, 'busy', 'A scenario is being played already: wait until it has ended.');
    playing = true;

    const answer = streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const tell = (message: PlayMessage) => void stream.write(`data: ${JSON.stringify(message)}\n\n`).catch(() => {});
      const hurry = AbortSignal.any([closing, gone.signal]);
      try {
        await playInto({ ...settings, secret }, scenario, { path: name, without, pace, tell, hurry });
      } catch (error) {
        onProblem(`playing ${scenario.id}/${name} failed`, error);
        tell({ kind: 'failed', message: (error as Error).message });
      } finally {
        playing = false;
      }
    });
    answer.headers.set('x-accel-buffering', 'no');
    return answer;
  });

  return app;
}
