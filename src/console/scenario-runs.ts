import { pathTitle } from '../scenarios/define.ts';
import { play, type Fire, type Run, type Scenario } from '../scenarios/index.ts';
import { docsOf } from './about.ts';
import type { ScenarioEvent, ScenarioPath } from './api/types.ts';

/** How many paths are kept: all of today's, each with its conditions, are some hundred. */
const MOST = 128;

/** Plays paths of scenarios when they are first asked for, one at a time, and keeps what came of them. */
export type ScenarioRuns = { of(scenario: Scenario, path: string, without: string | null): Promise<ScenarioPath> };

export function createScenarioRuns(): ScenarioRuns {
  const kept = new Map<string, Promise<ScenarioPath>>();
  let before: Promise<unknown> = Promise.resolve();
  return {
    of(scenario, path, without) {
      const key = JSON.stringify([scenario.id, path, without]);
      const found = kept.get(key);
      if (found) return found;
      const run = before.then(() => play(scenario, path, { without })).then((run) => shownPath(scenario, run));
      before = run.catch(() => {});
      // One that failed is tried again when it is asked for again.
      run.catch(() => kept.delete(key));
      kept.set(key, run);
      if (kept.size > MOST) kept.delete(kept.keys().next().value!);
      return run;
    },
  };
}

function shownPath(scenario: Scenario, run: Run): ScenarioPath {
  const path = scenario.paths[run.path]!;
  const begin = run.steps[0]?.at ?? 0;
  let now = begin;
  const steps = Object.entries(path.steps).map(([id, what]) => {
    const ran = run.steps.filter(({ step }) => step === id);
    const waited = ran.reduce((sum, step) => sum + step.waited, 0);
    const at = ran[0]?.at ?? now;
    now = at + waited;
    const calls = run.calls
      .filter(({ step }) => step === id)
      .map(({ sdk, method, path, status }) => ({ sdk, method, path, status }));
    return { id, what, calls, at, waited };
  });
  return {
    name: run.path,
    title: pathTitle(run.path),
    steps,
    conditions: Object.entries(path.conditions ?? {}).map(([id, what]) => ({ id, what })),
    without: run.without,
    events: shownEvents(path.fires, run, begin),
    setup: run.setup.length,
    problems: run.problems,
  };
}

/** The events with what the scenario says of each: in its order, or, where a run departs from it, by type and step. */
function shownEvents(fires: readonly Fire[], run: Run, begin: number): ScenarioEvent[] {
  const left = fires.filter((fire) => fire.if === undefined || fire.if !== run.without);
  return run.events.map(({ step, seconds, event }) => {
    const at = left.findIndex((fire) => fire.type === event.type && fire.step === step);
    const [fire] = at >= 0 ? left.splice(at, 1) : [];
    return {
      step,
      seconds,
      offset: (event['created'] as number) - begin,
      do: fire?.do ?? 'ignore',
      why: fire?.why ?? '',
      if: fire?.if ?? null,
      docs: docsOf(event.type),
      event: event as ScenarioEvent['event'],
    };
  });
}
