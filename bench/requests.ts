import { hash } from 'node:crypto';
import { idText, templates } from './events.ts';

const PLACE = 'x'.repeat(idText(0, 0).length);
const BLOCK = 64;

/** Which deliveries to write: the endpoint, its secret, and the types, in turn. */
export type Deliveries = { port: number; path: string; secret: string; types: string[] };

/**
 * Signed deliveries as bytes, for a load generator that takes as little of its core as it can: a request of each type is
 * written once, and each delivery changes only what differs, its ids, its time and its signature.
 *
 * The function writes delivery `number` at `seconds` into `into` and returns how many bytes it has.
 */
export function deliveries({
  types,
  ...endpoint
}: Deliveries): (number: number, seconds: number, into: Buffer) => number {
  const kinds = templates(types).map(({ make }) => prepare(make, endpoint));
  return (number, seconds, into) => kinds[number % kinds.length]!(number, seconds, into);
}

function prepare(
  make: (id: string, seconds: number) => string,
  { port, path, secret }: Omit<Deliveries, 'types'>,
): (number: number, seconds: number, into: Buffer) => number {
  const TIME = 1_111_111_111;
  const body = Buffer.from(make(PLACE, TIME));
  const head = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n' +
      `Content-Length: ${body.length}\r\nStripe-Signature: t=${TIME},v1=${'0'.repeat(64)}\r\n\r\n`,
  );
  const ids = places(body, PLACE);
  const times = places(body, String(TIME));
  const timeInHead = head.indexOf(`t=${TIME}`) + 2;
  const signatureInHead = head.indexOf(',v1=') + 4;

  // HMAC-SHA256 in its two passes (RFC 2104), the padded key before what each of them hashes.
  const key = Buffer.alloc(BLOCK);
  key.write(secret);
  const inner = Buffer.concat([key.map((byte) => byte ^ 0x36), Buffer.from(`${TIME}.`), body]);
  const outer = Buffer.concat([key.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  const signed = inner.subarray(BLOCK);
  const content = signed.subarray(String(TIME).length + 1);

  return (number, seconds, into) => {
    const id = idText(number, seconds);
    for (const at of ids) content.write(id, at, 'latin1');
    const time = String(seconds);
    for (const at of times) content.write(time, at, 'latin1');
    signed.write(time, 0, 'latin1');
    outer.set(hash('sha256', inner, 'buffer'), BLOCK);
    head.copy(into);
    into.write(time, timeInHead, 'latin1');
    into.write(hash('sha256', outer, 'hex'), signatureInHead, 'latin1');
    content.copy(into, head.length);
    return head.length + content.length;
  };
}

function places(text: Buffer, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}
