import type { JsonObject } from '../base/json.ts';
import { EVENTS, type CatalogueType, type EventInfo } from '../stripe/index.ts';
import type { Example } from './example.ts';

export * from '../stripe/index.ts';

/** Every event type by name, as `paybell catalog` lists them. */
export const catalogue: Readonly<Record<CatalogueType, EventInfo>> = EVENTS;

/** An example of an event type: the whole event, and where it comes from. What makes examples is loaded when first asked. */
export async function exampleOf(type: CatalogueType): Promise<Omit<Example, 'event'> & { event: JsonObject }> {
  const { createExamples } = await import('./index.ts');
  await using examples = createExamples();
  return examples.of(type);
}

export type { Example } from './example.ts';
