import { EVENTS } from '../stripe/index.ts';
import { scenarios, type Path, type Scenario } from '../scenarios/index.ts';
import { recipes, type Recipe } from './recipes/index.ts';

/** Where the example of an event type comes from. */
export type Source =
  | { reachedBy: 'scenario'; scenario: Scenario; path: string }
  | { reachedBy: 'recipe'; recipe: Recipe }
  | { reachedBy: 'schema' };

/** Today's way before the one of earlier years, variants last. */
const rankOf = (path: string) => (path === 'current' ? 0 : path === 'classic' ? 1 : 2);

/** Every path of every scenario: today's before the classic ones, variants last. */
export const PATHS: readonly { scenario: Scenario; name: string; path: Path }[] = scenarios
  .flatMap((scenario) => Object.entries(scenario.paths).map(([name, path]) => ({ scenario, name, path })))
  .toSorted((a, b) => rankOf(a.name) - rankOf(b.name));

/** How a snapshot event of a type comes about: a scenario that fires it, else a recipe, else its declared shape alone. */
export function sourceOf(type: string): Source {
  const told = PATHS.find(({ path }) => path.fires.some((fire) => fire.type === type));
  if (told) return { reachedBy: 'scenario', scenario: told.scenario, path: told.name };
  const recipe = recipes.find(({ fires }) => fires.includes(type));
  return recipe ? { reachedBy: 'recipe', recipe } : { reachedBy: 'schema' };
}

/** The snapshot event that a thin one is the twin of, or the type itself. */
export const snapshotOf = (type: string): string => {
  const info = EVENTS[type as keyof typeof EVENTS];
  return info?.payload === 'thin' && info.twin ? info.twin : type;
};

/** The scenarios that fire an event type, with the paths that do. */
export const scenariosWith = (type: string): { id: string; path: string }[] =>
  PATHS.filter(({ path }) => path.fires.some((fire) => fire.type === type)).map(({ scenario, name }) => ({
    id: scenario.id,
    path: name,
  }));
