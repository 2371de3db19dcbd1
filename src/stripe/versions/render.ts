import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { VERSION_CHANGES } from './changes.ts';
import type { ObjectChange, Surroundings } from './define.ts';
import { compareVersions } from './list.ts';

const NOTHING_AROUND: Surroundings = { object: () => undefined, invoicePayments: () => [] };

/** What one version changed, by `object` value. */
type Step = Map<string, ObjectChange[]>;

/** The steps that lead from the newest shape back to a version's, the newest first. */
function stepsTo(version: string): Step[] {
  return VERSION_CHANGES.filter((changes) => compareVersions(version, changes.version) < 0)
    .toReversed()
    .map((changes) => Map.groupBy(changes.objects, (change) => change.object));
}

const cache = new Map<string, Step[]>();
function steps(version: string): Step[] {
  const known = cache.get(version) ?? stepsTo(version);
  cache.set(version, known);
  return known;
}

/**
 * An object, and every object inside it, as an API version shows it. Never changes what it is given; returns it as it
 * is when nothing differs. Fields that came later stay: Stripe too shows additions in every version. What is only
 * named by id (an invoice's charge, a line's price) is filled in as far as `around` knows it.
 */
export function render<Value extends Json>(value: Value, version: string, around = NOTHING_AROUND): Value {
  return through(steps(version), value, around) as Value;
}

/** Takes a value through the steps in turn; what a step looks up has been through the steps before it. */
function through(path: Step[], value: Json, around: Surroundings): Json {
  return path.reduce((shown, step, index) => {
    const soFar = path.slice(0, index);
    return walk(shown, step, {
      object(id) {
        const found = around.object(id);
        return found && (through(soFar, found, around) as JsonObject);
      },
      invoicePayments: (of) => around.invoicePayments(of),
    });
  }, value);
}

function walk(value: Json, step: Step, around: Surroundings): Json {
  if (Array.isArray(value)) return mapItems(value, (item) => walk(item, step, around));
  if (!isObject(value)) return value;
  const changes = typeof value['object'] === 'string' ? step.get(value['object']) : undefined;
  const shown = changes ? applyAll(value, changes, around) : value;
  let copy: JsonObject | undefined;
  for (const [key, inner] of Object.entries(shown)) {
    // Keys in metadata are the user's own, `object` among them.
    if (key === 'metadata') continue;
    const rendered = walk(inner, step, around);
    if (rendered !== inner) (copy ??= { ...shown })[key] = rendered;
  }
  return copy ?? shown;
}

function mapItems(items: Json[], change: (item: Json) => Json): Json[] {
  const mapped = items.map(change);
  return mapped.some((item, index) => item !== items[index]) ? mapped : items;
}

const applyAll = (object: JsonObject, changes: ObjectChange[], around: Surroundings): JsonObject =>
  changes.reduce((shown, { before }) => (before ? { ...shown, ...before(shown, around) } : shown), object);

/**
 * The fields that an object had in a version, has no longer, and that `expand` may name, with what they expand to.
 */
export function expandableAt(object: string, version: string): Record<string, string> {
  const fields = steps(version).flatMap((step) => step.get(object) ?? []);
  return Object.assign({}, ...fields.map((change) => change.expandable ?? {})) as Record<string, string>;
}
