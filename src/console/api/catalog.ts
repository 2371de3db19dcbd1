import { Hono } from 'hono';
import { setImmediate as turn } from 'node:timers/promises';
import { exampleOf } from '../../examples/catalog.ts';
import { loadSdk } from '../../scenarios/connect.ts';
import { eventType, eventTypes, type CatalogueType } from '../../stripe/index.ts';
import { aboutType, occurrencesOf, scenariosOf } from '../about.ts';
import { missing } from '../refusal.ts';
import type { Catalog, CatalogEntry } from './types.ts';

/** How many examples are kept. */
const MOST = 200;

/** Every event type, and one with an example. */
export function catalogRoutes(): Hono {
  const app = new Hono();
  const examples = new Map<string, ReturnType<typeof exampleOf>>();
  let before: Promise<unknown> = Promise.resolve();
  let all: string | undefined;

  // It is the same for as long as this process lives.
  app.get('/catalog', (c) => c.body((all ??= JSON.stringify(catalog())), 200, { 'content-type': 'application/json' }));

  app.get('/catalog/:type', async (c) => {
    const type = c.req.param('type');
    const info = eventType(type);
    if (!info) throw missing(`event type ${type}`);
    const { subject, payload, lastEra, replacement, twin, firstSeen } = info;
    const { event, reachedBy, by, fidelity } = await exampleFor(info.type as CatalogueType);
    const places = occurrencesOf().get(type) ?? [];
    return c.json({
      about: aboutType(type)!,
      subject,
      payload,
      lastEra,
      replacement,
      twin,
      firstSeen,
      example: { event, reachedBy, by, fidelity },
      scenarios: places.map(({ scenario, title, path, step }) => ({ id: scenario, title, path, step })),
    } satisfies CatalogEntry);
  });

  /** Made when first asked for, one at a time: some play a whole scenario. */
  function exampleFor(type: CatalogueType): ReturnType<typeof exampleOf> {
    const found = examples.get(type);
    if (found) return found;
    const example = before.then(prepared).then(() => exampleOf(type));
    before = example.catch(() => examples.delete(type));
    examples.set(type, example);
    if (examples.size > MOST) examples.delete(examples.keys().next().value!);
    return example;
  }

  return app;
}

/**
 * Loads what makes examples, and lets the process do other things in between. Nearly all of the time that the first example
 * takes is this: the SDK 80 ms, what plays 30, the example itself 10 to 30.
 */
async function prepared(): Promise<void> {
  await import('../../examples/index.ts');
  await turn();
  await loadSdk();
  await turn();
}

const catalog = (): Catalog => ({
  types: eventTypes().map((info) => {
    const { type, description, area, group, subject, payload, era, lastEra, replacement, inSeed } = info;
    const known = { type, description, area, group, subject, payload, era, lastEra, replacement, inSeed };
    return { ...known, scenarios: scenariosOf(type) };
  }),
});
