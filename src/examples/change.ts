import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { PaybellError } from '../base/errors.ts';

/**
 * An event with some of its values replaced. A path leads from the event (`data.object.amount`), or, when its first name is
 * none of the event's own, from its subject (`amount`, `items.data.0.quantity`). A value is JSON where it reads as JSON, else
 * text. Throws where a path leads nowhere.
 */
export function change(event: JsonObject, settings: readonly string[]): JsonObject {
  const changed = structuredClone(event);
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new PaybellError('bad_option', `'${setting}' is not path=value.`);
    set(changed, setting.slice(0, at), setting.slice(at + 1));
  }
  return changed;
}

function set(event: JsonObject, path: string, text: string): void {
  const names = path.split('.');
  const subject = (event['data'] as JsonObject | undefined)?.['object'] as JsonObject | undefined;
  const [first] = names as [string];
  let place: Json = first in event || !subject ? event : subject;
  const last = names.pop()!;
  for (const name of names) place = inside(place, name, path);
  if (typeof place !== 'object' || place === null) throw nowhere(path, last, place);
  // Metadata takes any name, and holds text.
  const metadata = names.at(-1) === 'metadata';
  if (!(last in place) && !metadata) throw nowhere(path, last, place);
  (place as JsonObject)[last] = metadata ? text : read(text);
}

function inside(place: Json, name: string, path: string): Json {
  const next = typeof place === 'object' && place !== null ? (place as JsonObject)[name] : undefined;
  if (next === undefined) throw nowhere(path, name, place);
  return next;
}

function nowhere(path: string, name: string, place: Json): PaybellError {
  const names = isObject(place) ? `; there are ${Object.keys(place).slice(0, 30).join(', ')}` : '';
  return new PaybellError('bad_option', `'${path}' leads nowhere: there is no '${name}'${names}.`);
}

function read(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
