import { scenarios, type Advice } from '../scenarios/index.ts';
import { eventType } from '../stripe/index.ts';
import type { EventAdvice } from './api/types.ts';

/** What the catalogue and the scenarios say of an event type; undefined for a type that the catalogue does not have. */
export function aboutType(type: string): EventAdvice | undefined {
  const info = eventType(type);
  if (!info) return undefined;
  const { description, area, era } = info;
  return { type, description, area, era, docs: docsOf(type), advice: adviceOf().get(type) ?? [] };
}

/** Where Stripe describes an event type. */
export const docsOf = (type: string): string =>
  type.startsWith('v1.') || type.startsWith('v2.')
    ? `https://docs.stripe.com/api/v2/core/events/event-types#event_types-${type}`
    : `https://docs.stripe.com/api/events/types#event_types-${type}`;

/** The ids of the scenarios that declare an event type. */
export const scenariosOf = (type: string): string[] => [
  ...new Set(
    occurrencesOf()
      .get(type)
      ?.map(({ scenario }) => scenario),
  ),
];

/** Where an event type is declared: by which scenario, path and step, and with which advice. */
export type Occurrence = { scenario: string; title: string; path: string; step: string; advice: Advice };

let occurrences: Map<string, Occurrence[]> | undefined;

/** Every type that scenarios declare, with where they do. */
export function occurrencesOf(): ReadonlyMap<string, readonly Occurrence[]> {
  return (occurrences ??= Map.groupBy(
    scenarios.flatMap(({ id, title, paths }) =>
      Object.entries(paths).flatMap(([path, { fires }]) =>
        fires.map(({ type, step, do: what, why }) => ({
          type,
          scenario: id,
          title,
          path,
          step,
          advice: { do: what, why },
        })),
      ),
    ),
    ({ type }) => type,
  ));
}

let advice: Map<string, EventAdvice['advice']> | undefined;

function adviceOf(): Map<string, EventAdvice['advice']> {
  return (advice ??= new Map(
    Array.from(occurrencesOf(), ([type, places]) => {
      const each = new Map<string, EventAdvice['advice'][number]>();
      for (const { advice, scenario, title } of places) {
        const said = `${advice.do} ${advice.why}`;
        if (!each.has(said)) each.set(said, { ...advice, scenario, title });
      }
      return [type, [...each.values()]];
    }),
  ));
}
