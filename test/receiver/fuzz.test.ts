import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { generator, type Generator } from '../generator.ts';
import { anEvent, delivery, SECRET, testClock } from './events.ts';
import { isSigned, MAX_BODY, mutants, PATHS, type Mutant } from './fuzz-requests.ts';
import { seeds } from './seeds.ts';

/** Requests for each seed and way; every sixth of them over a socket. */
const REQUESTS = process.env['PAYBELL_DEEP'] ? 25_000 : 1_000;
/** By how much memory may have grown afterwards, in bytes. What is stored is SQLite's, and not in it. */
const MARGIN = 24 * 2 ** 20;

setFlagsFromString('--expose_gc');
const gc = runInNewContext('gc') as () => void;
function memory(): number {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const hash = (body: Uint8Array): string => createHash('sha256').update(body).digest('base64');

const cases = seeds().flatMap((seed) => [true, 'later' as const].map((mirror) => [seed, mirror] as const));

test.for(cases)(
  'whatever is sent, nothing breaks, and nothing is believed that is not signed, seed %s, mirror %s',
  { timeout: REQUESTS * 20 + 30_000 },
  async ([seed, mirror]) => {
    const thrown: unknown[] = [];
    const lost = new Set<string>();
    const caught = (error: unknown): void => void thrown.push(error);
    process.on('unhandledRejection', caught).on('uncaughtExceptionMonitor', caught);
    const store = createSqliteStore({ path: ':memory:' });
    const gone = Object.assign(new Error('No such event'), { statusCode: 404 });
    const receiver = createReceiver({
      store,
      maxBody: MAX_BODY,
      clock: testClock(),
      keepRefused: 100,
      // Both ways in which an event is first read.
      mirror,
      stripe: { events: { retrieve: () => Promise.reject(gone) } },
      endpoints: [
        { path: PATHS[0], secrets: SECRET, verify: 'signature' },
        { path: PATHS[1], verify: 'api' },
      ],
      redact: { fields: ['personal'] },
      onProblem(what, error) {
        // Of other paths the first few are told of, each once.
        if ((error as { code?: string }).code !== 'no_endpoint' || lost.has(String(error))) thrown.push([what, error]);
        lost.add(String(error));
      },
    });
    const handled: string[] = [];
    receiver.on(
      '*',
      ({ event, object, current }) => void handled.push(`${event.id} ${typeof object} ${typeof current}`),
    );
    await receiver.start();
    const server = createServer((request, response) => void receiver.node(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const next = mutants(seed);
    const random = generator(seed + 1);
    const signed = new Set<string>();
    const statuses = new Map<string, number>();
    async function attack(index: number): Promise<void> {
      const mutant = next();
      if (isSigned(mutant)) signed.add(hash(mutant.body));
      const way = index % 6 === 0 ? 'socket' : 'fetch';
      const status = way === 'socket' ? await overSocket(port, mutant, random, signed) : await inProcess(mutant);
      const key = `${way} ${status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
    }
    async function inProcess({ method, path, headers, body }: Mutant): Promise<number> {
      const given = new Headers();
      for (const [name, value] of headers) given.append(name, value.toString('latin1'));
      const bodyless = method === 'GET' || method === 'HEAD';
      const request = new Request(`http://127.0.0.1${path}`, {
        method,
        headers: given,
        ...(bodyless ? {} : { body: new Uint8Array(body) }),
      });
      return (await receiver.fetch(request)).status;
    }

    // Some to warm up, so that what is measured is growth and not the first use.
    for (let i = 0; i < 300; i += 1) await attack(i);
    await receiver.idle();
    handled.length = 0;
    const before = memory();
    let index = 0;
    const attacker = async () => {
      while (index < REQUESTS) await attack(index++);
    };
    await Promise.all(Array.from({ length: 16 }, attacker));
    await receiver.idle();
    const ran = handled.length;
    handled.length = 0;
    const grown = memory() - before;

    expect(thrown).toEqual([]);
    expect(lost.size).toBeLessThanOrEqual(5);
    const answered = [...statuses.keys()].map((key) => key.split(' ')[1]!);
    expect(answered.filter((status) => !/^(?:200|400|404|405|413|431|0)$/.test(status))).toEqual([]);
    // All of it took place: what is good was let in, and what is not was refused in each of the ways there are.
    for (const status of [200, 400, 404, 405, 413])
      for (const way of ['fetch', 'socket'])
        expect(statuses.get(`${way} ${status}`) ?? 0, `${way} ${status}`).toBeGreaterThan(0);
    expect(ran).toBeGreaterThan(REQUESTS / 50);

    const forged: string[] = [];
    const states = new Set<string>();
    for (let at: number | undefined, more = true; more;) {
      const page = await store.listEvents({ limit: 500, ...(at === undefined ? {} : { before: at }) });
      for (const { id, account, valid, state } of page.items) {
        if (valid !== true) continue;
        states.add(state);
        const payload = (await store.getEvent(id, account))!.payload;
        if (payload && !signed.has(hash(payload as Uint8Array))) forged.push(id);
      }
      at = page.next ?? undefined;
      more = at !== undefined;
    }
    expect(forged).toEqual([]);
    expect([...states].filter((state) => state !== 'done' && state !== 'dead')).toEqual([]);
    expect((await store.listRefused({ limit: 1_000 })).items.length).toBeLessThanOrEqual(100);
    expect(grown).toBeLessThan(MARGIN);

    // And it still does what it is for.
    expect((await receiver.fetch(delivery(anEvent({ id: 'evt_good' })))).status).toBe(200);
    await receiver.idle();
    expect((await store.getEvent('evt_good'))!.state).toBe('done');
    server.close();
    server.closeAllConnections();
    await receiver.close();
    await store.close();
    process.off('unhandledRejection', caught).off('uncaughtExceptionMonitor', caught);
  },
);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends it byte by byte as it is; 0 when the connection ended without an answer. */
async function overSocket(port: number, mutant: Mutant, random: Generator, signed: Set<string>): Promise<number> {
  const { whole, next, pick } = random;
  const { method, path, body } = mutant;
  const way = pick([
    'plain',
    'chunked',
    'slow',
    'longer',
    'shorter',
    'both',
    'bad chunk',
    'aborted',
    'nonsense',
  ] as const);
  const announced =
    way === 'longer' ? body.length + 1 + whole(99_999) : way === 'shorter' ? whole(body.length + 1) : body.length;
  if (way === 'shorter' && isSigned({ ...mutant, body: body.subarray(0, announced) }))
    signed.add(hash(body.subarray(0, announced)));
  const lines: Buffer[] = [Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`, 'latin1')];
  for (const [name, value] of mutant.headers)
    lines.push(Buffer.concat([Buffer.from(`${name}: `), value, Buffer.from('\r\n')]));
  const chunked = way === 'chunked' || way === 'both' || way === 'bad chunk';
  if (chunked) lines.push(Buffer.from('transfer-encoding: chunked\r\n'));
  if (!chunked || way === 'both')
    lines.push(
      Buffer.from(`content-length: ${way === 'nonsense' ? pick(['-1', '1e3', '', '9'.repeat(40)]) : announced}\r\n`),
    );
  lines.push(Buffer.from('\r\n'));
  const pieces: Buffer[] = [Buffer.concat(lines)];
  const step = 1 + whole(way === 'slow' ? Math.ceil(body.length / 5) + 1 : body.length + 1);
  for (let at = 0; at < body.length; at += step) {
    const piece = body.subarray(at, at + step);
    const size =
      way === 'bad chunk' && next() < 0.5 ? pick(['zz', '-1', 'ffffffffffffffffff', '']) : piece.length.toString(16);
    pieces.push(chunked ? Buffer.concat([Buffer.from(`${size}\r\n`), piece, Buffer.from('\r\n')]) : piece);
  }
  if (chunked) pieces.push(Buffer.from('0\r\n\r\n'));
  const end = way === 'aborted' ? whole(pieces.length + 1) : pieces.length;

  const socket = connect(port, '127.0.0.1');
  let received = '';
  let ended = false;
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve(((ended = true), undefined))));
  socket.on('error', () => {});
  await Promise.race([once(socket, 'connect').catch(() => {}), closed]);
  for (const piece of pieces.slice(0, end)) {
    if (ended) break;
    socket.write(piece);
    if (way === 'slow' || way === 'aborted') await turn();
  }
  // What cannot be complete is left alone for a while; everything else is answered, or ended by the server.
  if (way === 'aborted' || way === 'longer' || way === 'bad chunk') for (let i = 0; i < 20; i += 1) await turn();
  else await closed;
  socket.destroy();
  await closed;
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
}
