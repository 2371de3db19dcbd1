import { editDistance } from '../base/nearest.ts';
import { EVENTS, type EventInfo } from './events.ts';
import type { CatalogueType } from './events/names.ts';
import { matches } from './patterns.ts';

/** What the catalogue says of an event type, or undefined for a name it does not have. */
export function eventType(name: string): EventInfo | undefined {
  return Object.hasOwn(EVENTS, name) ? EVENTS[name as CatalogueType] : undefined;
}

/** Every entry of the catalogue, or those that a pattern covers. */
export function eventTypes(pattern = '*'): EventInfo[] {
  return Object.values(EVENTS).filter((info) => matches(pattern, info.type));
}

/** The event type or pattern that a mistyped name most likely meant, or undefined when nothing is near. */
export function closest(name: string): string | undefined {
  const wanted = name.trim().toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 5));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates(wanted)) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function candidates(wanted: string): Iterable<string> {
  const types = Object.values(EVENTS);
  // Thin names differ from their twins by `v1.` alone: offer them only to someone who wrote a version.
  const thin = /^v\d/.test(wanted);
  const names = types.filter((info) => thin === (info.payload === 'thin')).map((info) => info.type);
  if (!wanted.endsWith('*')) return names;
  return new Set(names.flatMap((type) => prefixes(type).map((prefix) => `${prefix}.*`)));
}

function prefixes(type: string): string[] {
  const parts = type.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}
