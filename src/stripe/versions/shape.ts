import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Surroundings } from './define.ts';

/** The id of something that is given as an id or expanded; null when it is neither. */
export const idOf = (value: Json | undefined): string | null => {
  const id = isObject(value) ? value['id'] : value;
  return typeof id === 'string' ? id : null;
};

/** The object that is given as an id or expanded: expanded if anyone knows it, else as it was given, else null. */
export const expanded = (value: Json | undefined, around: Surroundings): Json =>
  typeof value === 'string' ? (around.object(value) ?? value) : (value ?? null);

/** The value at a path of keys, or undefined where there is none. */
export function at(value: Json | undefined, ...keys: string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of keys) here = isObject(here) ? here[key] : undefined;
  return here;
}

/** The members of an array or of a list object; none for anything else. */
export function members(value: Json | undefined): JsonObject[] {
  const items = Array.isArray(value) ? value : at(value, 'data');
  return Array.isArray(items) ? items.filter(isObject) : [];
}

/** A number, or 0. */
export const amountOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
