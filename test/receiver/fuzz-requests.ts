import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { generator, type Generator } from '../generator.ts';
import { aCharge, anEvent, bodyOf, NOW, SECRET } from './events.ts';

/** A request that nobody should send. Header values are bytes, as they are on the wire. */
export interface Mutant {
  method: string;
  path: string;
  headers: [name: string, value: Buffer][];
  body: Buffer;
}

/** The largest body that the receiver under test takes, in bytes. */
export const MAX_BODY = 20_000;
export const PATHS = ['/payments/webhook/', '/api/'] as const;

const sign = (body: Buffer, t: number | string = NOW, secret = SECRET): string =>
  createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');

/**
 * Whether a signature is right, by a rule of its own that is more generous than the receiver's: any time that is given
 * fits any signature that is given, and neither age nor form is looked at.
 */
export function isSigned({ headers, body }: Mutant): boolean {
  const all = headers
    .filter(([name]) => name.toLowerCase() === 'stripe-signature')
    .map(([, value]) => value.toString('latin1'));
  const times = all.flatMap((header) => [...header.matchAll(/t\s*=\s*(\d+)/g)].map(([, t]) => t!));
  return times.some((t) => all.some((header) => header.toLowerCase().includes(sign(body, t))));
}

/** Mutants, the same for the same seed; about a tenth of them are signed as they are. */
export function mutants(seed: number): () => Mutant {
  const random = generator(seed);
  const { whole, pick, next } = random;
  let made = 0;
  return () => {
    made += 1;
    // Several of one second for each object, which its worker has to put in order.
    const event = anEvent({ id: `evt_${seed}_${made}`, object: aCharge({ id: `ch_${Math.floor(made / 8)}` }) });
    let body = bodyOf(event);
    let signed = body;
    for (let n = whole(3); n > 0; n -= 1) body = pick(BODIES)(body, random);
    // Signed before it was changed, or after: then it is odd, and really comes from whoever has the secret.
    if (next() < 0.4) signed = body;
    const headers = header(signed, random);
    if (next() < 0.1)
      headers.push(['content-encoding', Buffer.from(pick(['gzip', 'br', 'identity', 'x'.repeat(300)]))]);
    if (next() < 0.1)
      headers.push(['content-type', Buffer.from(pick(['text/plain', 'multipart/form-data; boundary=', '; ;']))]);
    return {
      method: next() < 0.9 ? 'POST' : pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']),
      path: next() < 0.85 ? PATHS[next() < 0.85 ? 0 : 1] : pick(ODD_PATHS),
      headers,
      body,
    };
  };
}

const ODD_PATHS = [
  '/',
  '//',
  '/payments/webhook',
  '/payments/webhook/?a=b&a=%ff',
  '/payments/webhook/%',
  '/payments/webhook//',
  '/payments/../payments/webhook/',
  '/payments/webhook/\u{1}',
  '/PAYMENTS/WEBHOOK/',
  `/${'x'.repeat(7_000)}`,
  '/payments/webhook;x',
  '/__proto__',
];

type Change = (body: Buffer, random: Generator) => Buffer;

/** The body with one of its values replaced. */
const withValue =
  (text: (random: Generator) => string): Change =>
  (body, random) => {
    const key = random.pick([
      'id',
      'type',
      'created',
      'account',
      'object',
      'data',
      'livemode',
      'api_version',
      'request',
      'amount',
    ]);
    const pattern = new RegExp(`"${key}": (?:"[^"]*"|[\\d.]+|null|true|false|\\{)`);
    const found = pattern.exec(body.toString('latin1'));
    if (!found) return body;
    const { index } = found;
    const value = Buffer.from(`"${key}": ${text(random)}${found[0].endsWith('{') ? ', "rest": {' : ''}`);
    return Buffer.concat([body.subarray(0, index), value, body.subarray(index + found[0].length)]);
  };

const VALUES = [
  '0',
  '-1',
  '1e999',
  '1.5',
  `${'9'.repeat(400)}`,
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
  '"evt_\u{1f600}"',
  '"\\""',
  `"${'x'.repeat(5_000)}"`,
  '"v2.core.event"',
  '"charge.succeeded\\n"',
  '{"id": {"id": 1}, "object": ["charge"]}',
];

const insert = (body: Buffer, at: number, what: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, at), what, body.subarray(at)]);

const BODIES: Change[] = [
  (body, { whole }) => body.subarray(0, whole(body.length)),
  (body, { whole }) => {
    const flipped = Buffer.from(body);
    if (flipped.length > 0) flipped[whole(flipped.length)]! ^= 1 << whole(8);
    return flipped;
  },
  (body, { whole, pick }) =>
    insert(body, whole(body.length), Buffer.from(pick(['ff', 'c0af', 'eda080', 'f8888080', '00', 'e2']), 'hex')),
  (body, { whole, bytes }) => insert(body, whole(body.length), bytes(whole(40))),
  () => Buffer.alloc(0),
  (_, { whole, bytes }) => bytes(whole(300)),
  (_, { pick }) =>
    Buffer.from(pick(['null', '1', '"x"', '[]', '{}', '{', '   ', '[[]', '{"id":"evt_1","object":"event"}'])),
  (body) => gzipSync(body),
  (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  (body) => Buffer.from(body.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  // Deeper than any function that calls itself can go, and still below the limit.
  (body, { pick }) => {
    const [open, close] = pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    const deep = open.repeat(4_000 / open.length) + (open === '[' ? '' : '1') + close.repeat(4_000 / open.length);
    return Buffer.from(body.toString('latin1').replace('"metadata": {}', `"metadata": ${deep}`), 'latin1');
  },
  (body, { pick }) => {
    const key = pick(['id', 'type', 'object', 'created', 'data']);
    return Buffer.from(body.toString('latin1').replace(/\}\s*$/, `, "${key}": ${pick(VALUES)}}`), 'latin1');
  },
  (body, { pick }) =>
    Buffer.from(
      body.toString('latin1').replace('{', `{"${pick(['id', 'type', 'data', '__proto__'])}": ${pick(VALUES)},`),
      'latin1',
    ),
  withValue(({ pick }) => pick(VALUES)),
  withValue(({ pick }) => pick(VALUES)),
  withValue(({ whole, bytes }) => JSON.stringify(bytes(whole(60)).toString('latin1'))),
  (body, { whole }) => Buffer.concat([body, Buffer.alloc(MAX_BODY - 500 + whole(1_000), ' ')]),
  (body, { whole }) => Buffer.concat([body, Buffer.alloc(whole(3) * MAX_BODY, 'x')]),
];

/** The signature header, right or wrong in one of many ways. */
function header(body: Buffer, { whole, pick, next, bytes }: Generator): [string, Buffer][] {
  const right = `t=${NOW},v1=${sign(body)}`;
  const one = (text: string): [string, Buffer][] => [['stripe-signature', Buffer.from(text, 'latin1')]];
  if (next() < 0.5) return one(right);
  const late = NOW + (whole(2) * 2 - 1) * (301 + whole(1e6));
  return pick<() => [string, Buffer][]>([
    () => [],
    () => one(''),
    () => [...one(right), ...one(right)],
    () => [...one('t=1,v1=00'), ...one(right)],
    () => one(`t=${late},v1=${sign(body, late)}`),
    () => one(pick(['t=', 't=-1', 't=1e9', 't=NaN', `t=${'9'.repeat(300)}`, 't=0x10']) + `,v1=${sign(body)}`),
    () => one(`t=${'9'.repeat(20)},v1=${sign(body, '9'.repeat(20))}`),
    () => one(`t=${NOW}${`,v1=${'0'.repeat(64)}`.repeat(whole(500))},v1=${sign(body)}`),
    () => one(`t=${NOW},v0=${sign(body)}`),
    () => one(`t=${NOW},v1=${sign(body, NOW, 'whsec_another')}`),
    () => one(`t=${NOW},v1=${sign(bytes(9))}`),
    () => one(`t=${NOW},v1=${sign(body).slice(0, whole(64))}`),
    () => one(right.toUpperCase()),
    () => one(right.replaceAll(',', ' , ').replaceAll('=', ' = ')),
    () => one(`t=${NOW},t=${NOW},v1=${sign(body)}`),
    () => one(`${right}\xe9\xff`),
    () => one(`x=${'y'.repeat(pick([5_000, 60_000]))},${right}`),
    () => one(right.replace('v1=', 'v1==')),
    () => one(right.slice(0, whole(right.length))),
  ])();
}
