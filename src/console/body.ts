import type { Context } from 'hono';
import { isObject, type JsonObject } from '../base/json.ts';
import { invalid, Refusal } from './refusal.ts';

/** The largest body that is read, in bytes. */
const MOST = 64 * 1024;

/** The JSON object that was sent, with nothing in it that nobody would look at. */
export async function bodyOf(c: Context, known: readonly string[]): Promise<JsonObject> {
  const text = await bounded(c.req.raw);
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw invalid('The body is no JSON.');
  }
  if (!isObject(body)) throw invalid('A JSON object is expected.');
  for (const name of Object.keys(body))
    if (!known.includes(name))
      throw invalid(`There is no '${name}' here: use ${known.join(', ') || 'an empty object'}.`);
  return body;
}

// Not Hono's own limit: it makes a Request of the request, which the Node server's is not.
async function bounded({ body, headers }: Request): Promise<string> {
  const tooLarge = () => new Refusal(413, 'too_large', `At most ${MOST} bytes are read.`);
  if (Number(headers.get('content-length') ?? 0) > MOST) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MOST) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A text of a body. */
export function textOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw invalid(`${name} is a text.`);
}

/** A whole number of a body, within bounds. */
export function wholeOf(
  body: JsonObject,
  name: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw invalid(`${name} is a whole number from ${min} to ${max}.`);
}
