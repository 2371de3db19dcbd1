import type { KeyObject } from 'node:crypto';
import { TextDecoder } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { verifySignature } from '../../stripe/signature.ts';

/** What a proxy or a framework did to a body, so that its signature does not fit any more. */
export type Damage =
  'body_reserialised' | 'body_newlines' | 'body_bom' | 'body_base64' | 'body_charset' | 'body_parsed';

/** The most a diagnosis looks at, so that bodies nobody signed cost little: bytes, keys, and how many a second. */
const LIMITS = { bytes: 262_144, keys: 4, perSecond: 5 };
const DAY = 86_400;
// One class, so that nothing is tried twice: whoever sends it need not know a secret.
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;
/** What a decoder that is called latin1 makes of the bytes from 128 on: it reads Windows-1252 (WHATWG Encoding). */
const WINDOWS = new Map(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 128 }, (_, n) => n + 128))].map(
    (character, n) => [character.codePointAt(0)!, n + 128] as const,
  ),
);

/** The bytes of a text that was read as Latin-1, one for each character; undefined for plain ASCII and for any other text. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(text.length);
  let plain = true;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const byte = WINDOWS.get(code) ?? code;
    if (byte > 255) return undefined;
    if (byte > 127) plain = false;
    bytes[i] = byte;
  }
  return plain ? undefined : bytes;
}

/** What no secret fits, because nothing of what was sent is left in it: empty, or a parsed body printed as a text. */
function isNoBody(body: Uint8Array): boolean {
  const begin = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 40)).toString('latin1').trim();
  return /^(?:|\{\}|\[object Object\]|\{"type":"Buffer","data":\[.*)$/.test(begin);
}

/** Finds out what was done to a body whose signature fits none of the keys; undefined when it is not known. */
export function createDiagnosis(clock: Clock) {
  let second = 0;
  let used = 0;
  return function diagnose(body: Uint8Array, header: string | null, keys: readonly KeyObject[]): Damage | undefined {
    const now = Math.floor(clock.now() / 1000);
    if (body.length > LIMITS.bytes || keys.length === 0) return undefined;
    if (second !== now) [second, used] = [now, 0];
    if (used >= LIMITS.perSecond) return undefined;
    used += 1;
    const candidates = keys.slice(0, LIMITS.keys);
    if (isNoBody(body)) return 'body_parsed';
    for (const [damage, original] of originals(body)) {
      const found = verifySignature(Buffer.from(original as string), header, candidates, { now, tolerance: DAY * 365 });
      if (typeof found === 'number') return damage;
    }
    return undefined;
  };
}

/** What the body may have been before: as Stripe prints it, with its line ends, without a byte order mark, not encoded again. */
function* originals(body: Uint8Array): Generator<[Damage, string | Buffer]> {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  if (text.startsWith('\ufeff')) {
    yield ['body_bom', text.slice(1)];
    yield ['body_bom', text.slice(1).replaceAll('\r\n', '\n')];
  }
  if (text.includes('\r\n')) yield ['body_newlines', text.replaceAll('\r\n', '\n')];
  if (text !== text.trim()) yield ['body_newlines', text.trim()];
  yield ['body_newlines', `${text}\n`];
  if (BASE64.test(text)) yield ['body_base64', Buffer.from(text, 'base64')];
  const bytes = bytesOf(text);
  if (bytes) yield ['body_charset', bytes];
  let value: unknown;
  try {
    value = JSON.parse(text.trim());
  } catch {
    return;
  }
  // A text that was printed as JSON once more.
  if (typeof value === 'string') return yield ['body_reserialised', value];
  for (const indent of [2, 0]) {
    const printed = JSON.stringify(value, null, indent);
    yield ['body_reserialised', printed];
    yield ['body_reserialised', `${printed}\n`];
  }
}
