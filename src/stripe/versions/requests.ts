import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Field, Operation, Shape } from '../schema.ts';
import { VERSION_CHANGES } from './changes.ts';
import type { RequestChange } from './define.ts';
import { compareVersions } from './list.ts';

type Call = Pick<Operation, 'method' | 'path'>;

const callOf = ({ method, path }: Call) => `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;

/** What a request at a version still does in an older way, oldest change first. */
export function requestChanges(version: string, call?: Call): RequestChange[] {
  const all = VERSION_CHANGES.filter((changes) => compareVersions(version, changes.version) < 0);
  const changes = all.flatMap((entry) => entry.requests);
  return call ? changes.filter((change) => change.calls.includes(callOf(call))) : changes;
}

/** The parameters that a call takes at a version: today's, but as they were then. */
export const paramsAt = (operation: Operation, version: string): Record<string, Field> =>
  withOlder(operation, version, (_today, then) => then);

/** Every parameter that a call has taken from a version until today, in each of its shapes. */
export const paramsSince = (operation: Operation, version: string): Record<string, Field> =>
  withOlder(operation, version, (today, then) => (today ? { kind: 'union', of: [today, then], optional: true } : then));

/** How a parameter's shapes of today (if it still exists) and of an older version are put together. */
type Join = (today: Field | undefined, then: Field) => Field;

const withOlder = (operation: Operation, version: string, join: Join) =>
  requestChanges(version, operation)
    // The newest change first, so that where two versions reshaped one parameter the older shape is what remains.
    .toReversed()
    .flatMap((change) => Object.entries(change.had ?? {}))
    .reduce((fields, [path, field]) => put(fields, path.split('.'), field, join), operation.params);

/** Fields with one more at a path; `lines[]` steps into the members of an array. What is not there is left out. */
function put(
  fields: Record<string, Field>,
  [head, ...rest]: string[],
  field: Field,
  join: Join,
): Record<string, Field> {
  const key = head!.replace('[]', '');
  const inner = fields[key];
  if (rest.length === 0) return { ...fields, [key]: join(inner, field) };
  if (inner?.kind === 'object') return { ...fields, [key]: { ...inner, fields: put(inner.fields, rest, field, join) } };
  if (inner?.kind === 'array' && inner.of.kind === 'object') {
    const of: Shape = { ...inner.of, fields: put(inner.of.fields, rest, field, join) };
    return { ...fields, [key]: { ...inner, of } };
  }
  return fields;
}

/** The parameters of a request, whichever version spelt them since `version`, as today's API spells them. */
export const respellParams = (call: Call, params: JsonObject, version: string): JsonObject =>
  changed(
    params,
    requestChanges(version, call).flatMap(({ upgrade }) => upgrade ?? []),
  );

/** The parameters of a request at a version as today's API spells them, with what leaving some away meant then. */
export const upgradeParams = (call: Call, params: JsonObject, version: string): JsonObject =>
  changed(
    params,
    requestChanges(version, call).flatMap(({ upgrade, defaults }) => [upgrade ?? [], defaults ?? []].flat()),
  );

/** A copy that steps were taken on; the value itself when there is no step to take. */
function changed(params: JsonObject, steps: ((copy: JsonObject) => void)[]): JsonObject {
  if (steps.length === 0) return params;
  const copy = structuredClone(params);
  for (const step of steps) step(copy);
  return copy;
}

/** How a version refuses a parameter that it no longer takes, where Stripe says more than that it is unknown. */
export function refusalOf(call: Call, params: Json, version: string): RequestChange['refusal'] {
  if (!isObject(params)) return undefined;
  return VERSION_CHANGES.filter((changes) => compareVersions(version, changes.version) >= 0)
    .flatMap((entry) => entry.requests)
    .filter((change) => change.calls.includes(callOf(call)))
    .find((change) => change.refusal && change.refusal.parameter in params)?.refusal;
}
