import { eventTypes } from '../stripe/index.ts';
import { createExamples, type Example } from './index.ts';

/** How an event type is reached, and how full its example is. */
export type CoverageRow = {
  type: string;
  era: 'current' | 'legacy';
  payload: 'snapshot' | 'thin';
  reached_by: Example['reachedBy'];
  by: string | null;
  fidelity: Example['fidelity'];
  /** The share of its subject's values that are null, 0 to 1. */
  nulls: number;
};

/** The table for the event types that a pattern covers: snapshot events, and thin ones where asked for. */
export async function coverage(pattern = '*', { thin = false } = {}): Promise<CoverageRow[]> {
  await using examples = createExamples();
  const rows: CoverageRow[] = [];
  for (const { type, era, payload } of eventTypes(pattern)) {
    if (payload === 'thin' && !thin) continue;
    const { reachedBy, by, fidelity, nulls } = await examples.of(type);
    rows.push({ type, era, payload, reached_by: reachedBy, by, fidelity, nulls });
  }
  return rows;
}

export type CoverageTotals = Record<'types' | 'scenario' | 'recipe' | 'schema' | 'run', number>;

/** How many of the current snapshot types each source reaches; `run` is what a run fires: scenarios and recipes. */
export function totalsOf(rows: readonly CoverageRow[]): CoverageTotals {
  const current = rows.filter(({ era, payload }) => era === 'current' && payload === 'snapshot');
  const count = (source: Example['reachedBy']) => current.filter(({ reached_by }) => reached_by === source).length;
  const [scenario, recipe, schema] = [count('scenario'), count('recipe'), count('schema')];
  return { types: current.length, scenario, recipe, schema, run: scenario + recipe };
}
