import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { COLUMNS } from '../stripe/columns.gen.ts';
import { prefixOf } from '../emulator/resources/prefixes.ts';
import { INDEXED } from '../store/columns.ts';
import type { Store } from '../store/store.ts';
import type { ObjectDetails } from './api/types.ts';

type Link = ObjectDetails['links'][number];
type Named = { object: string; id: string; account: string };

/** How many ids of an object are looked up, and how many objects of a type that name it are shown. */
const MOST = 60;
const OF_A_TYPE = 20;

/** The objects of the mirror that an object names, and those that name it, where an index finds them. */
export async function linksOf(store: Store, of: Named, state: JsonObject): Promise<Link[]> {
  const links: Link[] = [];
  const seen = new Set([`${of.object} ${of.id}`]);
  for (const { field, id, type } of idsIn(state).slice(0, MOST))
    for (const object of type ? [type] : typesOf(id)) {
      if (seen.has(`${object} ${id}`) || !(await store.getObject(object, id, of.account))) continue;
      seen.add(`${object} ${id}`);
      links.push({ field, object, id, direction: 'to' });
      break;
    }
  for (const [object, fields] of Object.entries(INDEXED))
    for (const field of fields) {
      if ((NAMES[field] ?? field) !== of.object || COLUMNS[object]?.columns[field] !== 'text') continue;
      const { id, account } = of;
      for (const other of await store.objectsNaming({ object, field, id, account, limit: OF_A_TYPE }))
        links.push({ field, object, id: other, direction: 'from' });
    }
  return links;
}

/** Indexed fields that are not named after what they name. */
const NAMES: Record<string, string> = { destination: 'account' };

/** Everything in an object that looks like an id, with its path; an expanded object says its type. */
function idsIn(state: JsonObject): { field: string; id: string; type?: string }[] {
  const found: { field: string; id: string; type?: string }[] = [];
  const visit = (value: Json | undefined, path: string): void => {
    if (typeof value === 'string') {
      if (/^[a-z]+(_test)?_\w{6,}$/.test(value)) found.push({ field: path, id: value });
    } else if (Array.isArray(value)) value.forEach((item) => visit(item, path));
    else if (isObject(value)) {
      const { id, object } = value;
      if (path !== '' && typeof id === 'string' && typeof object === 'string')
        found.push({ field: path, id, type: object });
      for (const [key, inner] of Object.entries(value))
        // Keys of metadata are the user's own.
        if (key !== 'metadata' && key !== 'id' && key !== 'object') visit(inner, joined(path, key));
    }
  };
  visit(state, '');
  return found;
}

/** `data` of a list says nothing. */
const joined = (path: string, key: string): string => (path === '' ? key : key === 'data' ? path : `${path}.${key}`);

let byPrefix: Map<string, string[]> | undefined;

/** The types that an id may be of, by its prefix. */
function typesOf(id: string): readonly string[] {
  byPrefix ??= Map.groupBy(Object.keys(COLUMNS), prefixOf);
  return byPrefix.get(id.slice(0, id.lastIndexOf('_'))) ?? [];
}
