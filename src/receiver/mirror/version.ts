import { isObject, sameJson, type Json, type JsonObject } from '../../base/json.ts';
import { VERSION_CHANGES, compareVersions, type Surroundings } from '../../stripe/versions/index.ts';
import type { Fact } from './fact.ts';

const NOTHING_AROUND: Surroundings = { object: () => undefined, invoicePayments: () => [] };

/**
 * The facts of one object as they can be compared: an endpoint that was upgraded sends the same object in two shapes.
 * All are brought back to the oldest shape among them, and fields that only some of them have are left out. Of one
 * version, which is nearly always, they are returned as they are.
 */
export function comparable(facts: readonly Fact[]): readonly Fact[] {
  const named = facts.flatMap(({ apiVersion }) => apiVersion ?? []).toSorted(compareVersions);
  // Old events name none; a copy that names none was asked for by a client of today.
  const versionOf = ({ apiVersion, copied }: Fact): string =>
    apiVersion ?? (copied === undefined ? '' : (named.at(-1) ?? ''));
  const versions = [...new Set(facts.map(versionOf))].toSorted(compareVersions);
  const [oldest] = versions;
  if (oldest === undefined || versions.length < 2) return facts;
  const states = facts.map((fact) => {
    const back = (state: JsonObject): JsonObject => older(state, versionOf(fact), oldest) as JsonObject;
    const { object, previous } = fact;
    return { after: back(object), before: previous && back(overlay(object, previous) as JsonObject) };
  });
  const all = states.flatMap(({ after, before }) => (before ? [after, before] : [after]));
  return facts.map((fact, index) => {
    const { after, before } = states[index]!;
    const object = common(after, all) as JsonObject;
    return { ...fact, object, previous: before && difference(common(before, all) as JsonObject, object) };
  });
}

/** An object, and every object inside it, in the shape of an older version. */
function older(value: Json, from: string, to: string): Json {
  const changes = VERSION_CHANGES.filter(
    ({ version }) => compareVersions(version, from) <= 0 && compareVersions(version, to) > 0,
  );
  return changes
    .toReversed()
    .flatMap(({ objects }) => objects)
    .reduce((shown, { object, before }) => (before ? walk(shown, object, before) : shown), value);
}

type Before = (object: JsonObject, around: Surroundings) => JsonObject;

function walk(value: Json, type: string, before: Before): Json {
  if (Array.isArray(value)) return value.map((item) => walk(item, type, before));
  if (!isObject(value)) return value;
  const shown = value['object'] === type ? { ...value, ...before(value, NOTHING_AROUND) } : value;
  // Keys in metadata are the user's own.
  return Object.fromEntries(
    Object.entries(shown).map(([key, inner]) => [key, key === 'metadata' ? inner : walk(inner, type, before)]),
  );
}

/** The state before: hashes and the items of lists are laid over each other, everything else is as it was. */
function overlay(now: Json | undefined, earlier: Json): Json {
  if (Array.isArray(earlier) && Array.isArray(now) && now.length === earlier.length)
    return earlier.map((item, index) => overlay(now[index], item));
  if (!isObject(now) || !isObject(earlier)) return earlier;
  const merged = { ...now };
  for (const [key, value] of Object.entries(earlier)) merged[key] = overlay(now[key], value);
  return merged;
}

/** What of a value every other that has its place has too. */
function common(value: Json, others: readonly (Json | undefined)[]): Json {
  if (Array.isArray(value)) {
    const lists = others.filter((other) => Array.isArray(other) && other.length === value.length) as Json[][];
    return value.map((item, index) =>
      common(
        item,
        lists.map((list) => list[index]),
      ),
    );
  }
  if (!isObject(value)) return value;
  const objects = others.filter(isObject);
  const shared = Object.entries(value).filter(
    ([key]) => key === 'metadata' || objects.every((other) => Object.hasOwn(other, key)),
  );
  return Object.fromEntries(
    shared.map(([key, inner]) => [
      key,
      key === 'metadata'
        ? inner
        : common(
            inner,
            objects.map((other) => other[key]),
          ),
    ]),
  );
}

const difference = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(before).filter(([key, value]) => !sameJson(value, after[key])));
