import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signatureHeader } from '../../src/stripe/signature.ts';
import { anEvent, bodyOf, NOW, SECRET, testClock } from './events.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(wrap: (listener: RequestListener) => RequestListener = (listener) => listener, maxBody = 100_000) {
  const store = createSqliteStore({ path: ':memory:' });
  const receiver = createReceiver({ store, secrets: SECRET, clock: testClock(), maxBody });
  const server = createServer(wrap(receiver.node)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await receiver.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = (body: Buffer, headers: Record<string, string | number> = {}, path = '/payments/webhook/') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', path, headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode!, text });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { store, receiver, port, send };
}

const signed = (body: Buffer) => ({ 'stripe-signature': signatureHeader(body, [SECRET], NOW) });

test('a delivery over a socket, in one piece or many', async () => {
  const { store, send, port } = await serve();
  const body = bodyOf(anEvent({ id: 'evt_one' }));
  expect(await send(body, signed(body))).toEqual({ status: 200, text: '{"received":true}' });

  const other = bodyOf(anEvent({ id: 'evt_two' }));
  const pieces = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/payments/webhook',
    headers: signed(other),
  });
  for (let at = 0; at < other.length; at += 100) pieces.write(other.subarray(at, at + 100));
  pieces.end();
  const [response] = (await once(pieces, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  expect((await store.listEvents()).items.map(({ id }) => id)).toEqual(['evt_two', 'evt_one']);
});

test('other paths, other methods, refusals', async () => {
  const { send, port } = await serve();
  expect((await send(Buffer.from('{}'), {}, '/other')).status).toBe(404);
  expect((await send(Buffer.from('{}'))).text).toBe('{"error":"refused","reason":"header_missing"}');
  const get = await fetch(`http://127.0.0.1:${port}/payments/webhook/?x`);
  expect({ status: get.status, allow: get.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
});

test('a body over the limit ends the connection, whether it was announced or not', async () => {
  const { send, port, receiver } = await serve(undefined, 1000);
  expect((await send(Buffer.alloc(5000))).status).toBe(413);
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /payments/webhook/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let i = 0; i < 3; i += 1) socket.write(`1f4\r\n${'x'.repeat(500)}\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text).toMatch(/^HTTP\/1\.1 413/);
  expect((await receiver.status()).counters.refused).toBe(2);
});

test('a sender that goes away leaves nothing behind', async () => {
  const { port, receiver, store } = await serve();
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /payments/webhook/ HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhalf');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await receiver.status()).counters.received).toBe(0);
  expect((await store.listRefused()).items).toEqual([]);
});

test('bytes that a middleware kept are used; a parsed body is named', async () => {
  const consumed = async (request: IncomingMessage): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  const wrap = (keep: (raw: Buffer) => object) => (listener: RequestListener) =>
    (async (request, response) => {
      Object.assign(request, keep(await consumed(request)));
      listener(request, response);
    }) as RequestListener;
  const body = bodyOf(anEvent());
  for (const keep of [
    (raw: Buffer) => ({ body: raw }),
    (raw: Buffer) => ({ rawBody: raw, body: JSON.parse(raw.toString()) as object }),
    (raw: Buffer) => ({ body: raw.toString() }),
  ])
    expect((await (await serve(wrap(keep))).send(body, signed(body))).status).toBe(200);

  const { send, store } = await serve(wrap((raw) => ({ body: JSON.parse(raw.toString()) as object })));
  expect((await send(body, signed(body))).text).toBe('{"error":"refused","reason":"body_parsed"}');
  expect((await store.listRefused()).items[0]!.detail).toMatch(/before any body parser/);
});

test('mounted below another path, as Express does it', async () => {
  const { send } = await serve((listener) => (request, response) => {
    Object.assign(request, { originalUrl: request.url, url: '/' });
    listener(request, response);
  });
  const body = bodyOf(anEvent());
  expect((await send(body, signed(body))).status).toBe(200);
});

test('a response that a middleware has spoilt is its own failure: the others of its commit are answered, and those to come', async () => {
  const spoilt: unknown[] = [];
  const { store, send } = await serve((listener) => async (request, response) => {
    if (request.headers['x-spoilt'])
      response.writeHead = () => {
        throw new Error('spoilt');
      };
    await (listener(request, response) as unknown as Promise<void>).catch((error: unknown) => {
      spoilt.push(error);
      request.socket.destroy();
    });
  });
  const bodies = [1, 2, 3].map((n) => bodyOf(anEvent({ id: `evt_${n}` })));
  const answers = await Promise.allSettled(
    bodies.map((body, n) => send(body, { ...signed(body), ...(n === 0 && { 'x-spoilt': '1' }) })),
  );
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(spoilt).toEqual([new Error('spoilt')]);
  const later = bodyOf(anEvent({ id: 'evt_later' }));
  expect((await send(later, signed(later))).status).toBe(200);
  expect((await store.listEvents()).items).toHaveLength(4);
});

test.each<[string, (request: IncomingMessage) => void]>([
  ['set an encoding', (request) => void request.setEncoding('utf8')],
  [
    'begun to collect it as a text',
    (request) => {
      const kept = request as IncomingMessage & { rawBody: string };
      kept.rawBody = '';
      request.on('data', (chunk) => (kept.rawBody += String(chunk)));
    },
  ],
])('a body of which somebody else has %s is read all the same', async (_, touch) => {
  const { port } = await serve((listener) => (request, response) => {
    touch(request);
    listener(request, response);
  });
  const body = bodyOf(anEvent({ object: { id: 'ch_1', object: 'charge', description: 'Grüße ☃'.repeat(50) } }));
  const headers = signed(body);
  const pieces = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/payments/webhook', headers });
  for (let at = 0; at < body.length; at += 101) {
    pieces.write(body.subarray(at, at + 101));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  pieces.end();
  const [response] = (await once(pieces, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
});

test('a request may name the whole address', async () => {
  const { send } = await serve();
  const body = bodyOf(anEvent());
  expect((await send(body, signed(body), 'http://shop.example/payments/webhook/?x=1')).status).toBe(200);
});
