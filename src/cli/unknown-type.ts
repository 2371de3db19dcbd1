import { closest, eventTypes } from '../stripe/index.ts';

/**
 * Says that the catalogue has no such event type, or none that a pattern covers, and what was probably meant;
 * undefined when it has one.
 */
export function unknownType(name: string): string | undefined {
  if (eventTypes(name).length > 0) return undefined;
  const near = closest(name);
  const none = name.endsWith('*') ? `No event type is covered by '${name}'.` : `There is no event '${name}'.`;
  return `${none} ${near ? `Did you mean ${near}?` : '`paybell catalog` lists them all.'}`;
}
