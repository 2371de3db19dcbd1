import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';

/** Says where a page comes from. */
export const WRITTEN = '<!-- Written by `npm run gen` from the scenarios and the catalogue. Do not edit. -->';

/** A fenced block. */
export const code = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** A link to an event type’s place among the pages of events. */
export const eventLink = (type: string, area: string, from: 'events' | 'scenarios' | 'docs'): string => {
  const folder = { events: '', scenarios: '../events/', docs: 'events/' }[from];
  return `[\`${type}\`](${folder}${fileOf(area)}#${type})`;
};

/** The file name of an area’s page. */
export const fileOf = (area: string): string =>
  `${area
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '')}.md`;

/** An event cut to a length that can be read: nothing that is null, one of each list, no hash that lies deep. */
export const trimmed = (event: JsonObject): JsonObject => cut(event, 0) as JsonObject;

const DEEPEST = 4;

function cut(value: Json, depth: number): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const first = value[0] === undefined ? undefined : cut(value[0], depth + 1);
    return first === undefined ? undefined : [first];
  }
  if (!isObject(value)) return value;
  if (depth > DEEPEST) return undefined;
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const kept = name === 'previous_attributes' ? item : cut(item, depth + 1);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return entries.length ? Object.fromEntries(entries) : undefined;
}
