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

/** The parameters that a call takes at a version: today's, with those it had then. */
export function paramsAt(operation: Operation, version: string): Record<string, Field> {
  // The newest change first, so that where two versions reshaped one parameter the older shape is what remains.
  return requestChanges(version, operation)
    .toReversed()
    .flatMap((change) => Object.entries(change.had ?? {}))
    .reduce((fields, [path, field]) => put(fields, path.split('.'), field), operation.params);
}

/** Fields with one more at a path; `lines[]` steps into the members of an array. What is not there is left out. */
function put(fields: Record<string, Field>, [head, ...rest]: string[], field: Field): Record<string, Field> {
  const key = head!.replace('[]', '');
  if (rest.length === 0) return { ...fields, [key]: field };
  const inner = fields[key];
  if (inner?.kind === 'object') return { ...fields, [key]: { ...inner, fields: put(inner.fields, rest, field) } };
  if (inner?.kind === 'array' && inner.of.kind === 'object') {
    const of: Shape = { ...inner.of, fields: put(inner.of.fields, rest, field) };
    return { ...fields, [key]: { ...inner, of } };
  }
  return fields;
}

/** The parameters of a request at a version, as today's API spells them. Never changes what it is given. */
export function upgradeParams(call: Call, params: JsonObject, version: string): JsonObject {
  const changes = requestChanges(version, call).filter((change) => change.upgrade);
  if (changes.length === 0) return params;
  const upgraded = structuredClone(params);
  for (const change of changes) change.upgrade!(upgraded);
  return upgraded;
}

/** How a version refuses a parameter that it no longer takes, where Stripe says more than that it is unknown. */
export function refusalOf(call: Call, params: Json, version: string): RequestChange['refusal'] {
  if (!isObject(params)) return undefined;
  return VERSION_CHANGES.filter((changes) => compareVersions(version, changes.version) >= 0)
    .flatMap((entry) => entry.requests)
    .filter((change) => change.calls.includes(callOf(call)))
    .find((change) => change.refusal && change.refusal.parameter in params)?.refusal;
}
