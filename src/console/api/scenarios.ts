import { Hono } from 'hono';
import { GROUPS } from '../../scenarios/define.ts';
import { scenarioOf, scenarios, type Scenario } from '../../scenarios/index.ts';
import { missing } from '../refusal.ts';
import { createScenarioRuns } from '../scenario-runs.ts';
import type { ScenarioDetails, ScenarioList } from './types.ts';

const CHEAT_SHEET = 'The cheat sheet';

/** Scenarios: their list, and one with each of its paths as it was played. */
export function scenarioRoutes(): Hono {
  const runs = createScenarioRuns();
  const app = new Hono();

  app.get('/scenarios', (c) => {
    const groups = Map.groupBy(scenarios, ({ group = CHEAT_SHEET }) => group);
    return c.json({
      groups: [CHEAT_SHEET, ...GROUPS].flatMap((name) => {
        const members = groups.get(name as never)?.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0));
        return members ? [{ name, scenarios: members.map(shown) }] : [];
      }),
    } satisfies ScenarioList);
  });

  app.get('/scenarios/:id', async (c) => {
    const scenario = scenarioOf(c.req.param('id'));
    const without = c.req.query('without') || null;
    const all = Object.entries(scenario.paths);
    // A condition belongs to some of the paths: the others have no run without it.
    const chosen = all.filter(([, { conditions = {} }]) => without === null || without in conditions);
    if (chosen.length === 0) throw missing(`condition '${without}' in ${scenario.id}`);
    const paths = [];
    for (const [name] of chosen) paths.push(await runs.of(scenario, name, without));
    const { id, number, title, story, pitfalls } = scenario;
    return c.json({ id, number: number ?? null, title, story, pitfalls, paths } satisfies ScenarioDetails);
  });

  return app;
}

type Shown = ScenarioList['groups'][number]['scenarios'][number];

function shown({ id, number, title, story, paths }: Scenario): Shown {
  const types = Object.values(paths).flatMap(({ fires }) => fires.map(({ type }) => type));
  return { id, number: number ?? null, title, story, paths: Object.keys(paths), types: [...new Set(types)] };
}
