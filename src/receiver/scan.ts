import type { Envelope } from './envelope.ts';

const TEXT = '"([ !#-\\[\\]-~]{1,255})"'; // printable ASCII without quotes and backslashes
const SIMPLE = '(?:"[ !#-\\[\\]-~]{0,255}"|\\d{1,15}|true|false|null)';
const field = (name: string, value: string): string => `\\s*"${name}"\\s*:\\s*${value}`;

/** How an event begins: its id, its small fields, then `data.object` with the object's id and type first. */
const HEAD = new RegExp(
  `^\\s*\\{${field('id', TEXT)}\\s*,${field('object', '"event"')}(?:\\s*,${field('account', TEXT)})?` +
    `(?:\\s*,${field('api_version', `(?:${TEXT}|null)`)})?(?:\\s*,${field('context', SIMPLE)})?` +
    `\\s*,${field('created', '(\\d{1,15})')}` +
    `\\s*,${field('data', '\\{')}${field('object', '\\{')}${field('id', TEXT)}\\s*,${field('object', TEXT)}`,
);
/** How it ends: what follows `data`, with nothing deeper than the flat `request`, up to the last brace. */
const TAIL = new RegExp(
  `^${field('livemode', '(true|false)')}` +
    `(?:\\s*,${field('pending_webhooks', '\\d{1,15}')})?` +
    `(?:\\s*,${field('request', `(?:${SIMPLE}|\\{(?:\\s*"\\w{1,40}"\\s*:\\s*${SIMPLE}\\s*,?)*\\s*\\})`)})?` +
    `\\s*,${field('type', TEXT)}\\s*\\}\\s*$`,
);

/** Both ends of every event we know fit; `request.idempotency_key` is the longest part and has at most 255 characters. */
const EDGE = 1_024;

/**
 * Reads an envelope off the two ends of a body as Stripe lays it out (measured: 1.2 µs at any size, `JSON.parse` 8 µs
 * at 3 KB). Undefined whenever the ends look otherwise; the caller then parses. In JSON the last brace closes the
 * event, so what stands before it is the event's own; only keys that come twice escape it, which Stripe never sends:
 * the worker, which parses everything, puts such an event right.
 */
export function scan(body: Uint8Array): Envelope | undefined {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const head = HEAD.exec(buffer.toString('latin1', 0, EDGE));
  if (!head) return undefined;
  const from = buffer.lastIndexOf('"livemode"');
  if (from < 0 || buffer.length - from > EDGE) return undefined;
  const tail = TAIL.exec(buffer.toString('latin1', from));
  if (!tail) return undefined;

  return {
    id: head[1]!,
    type: tail[2]!,
    account: head[2] ?? '',
    created: Number(head[4]),
    livemode: tail[1] === 'true',
    apiVersion: head[3] ?? null,
    object: head[6]!,
    objectId: head[5]!,
  };
}
