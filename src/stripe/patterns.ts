import { EVENTS } from './events.ts';
import type { EventPattern } from './types.ts';

/** Whether a pattern covers an event type: equal, below its prefix, or `*`. Types unknown to the catalogue match too. */
export function matches(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/** Whether a pattern covers at least one event type of the catalogue. */
export function isPattern(value: string): value is EventPattern {
  return value === '*' || Object.keys(EVENTS).some((type) => matches(value, type));
}
