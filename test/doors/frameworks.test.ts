import { serve } from '@hono/node-server';
import express from 'express';
import fastify, { type FastifyServerOptions } from 'fastify';
import { Hono } from 'hono';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { paybellFastify } from '../../src/receiver/fastify.ts';
import type { Receiver } from '../../src/receiver/index.ts';
import { deliver, eventBody, receiverForTest } from './deliver.ts';

type Running = { url: string; close(): Promise<unknown> };

const listening = async (server: Server): Promise<Running> => {
  if (!server.listening) await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/payments/webhook/`, close: () => new Promise((done) => server.close(done)) };
};

const DOORS: Record<string, (receiver: Receiver<never>) => Promise<Running>> = {
  'node:http': (receiver) =>
    listening(createServer((request, response) => receiver.node(request, response)).listen(0, '127.0.0.1')),
  Express: (receiver) => {
    const app = express();
    app.all('/payments/webhook{/}', (request, response) => receiver.node(request, response));
    return listening(app.listen(0, '127.0.0.1'));
  },
  'Express, mounted, raw body kept by express.raw': (receiver) => {
    const app = express();
    app.use('/payments', express.raw({ type: '*/*' }), (request, response) => receiver.node(request, response));
    return listening(app.listen(0, '127.0.0.1'));
  },
  Hono: (receiver) => {
    const app = new Hono();
    app.on('POST', ['/payments/webhook', '/payments/webhook/'], (context) => receiver.fetch(context.req.raw));
    return listening(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
  },
  Fastify: (receiver) => withFastify(receiver),
  'Fastify, to which both spellings are one': (receiver) =>
    withFastify(receiver, { routerOptions: { ignoreTrailingSlash: true } }),
};

async function withFastify(receiver: Receiver<never>, options: FastifyServerOptions = {}): Promise<Running> {
  const app = fastify(options);
  await app.register(paybellFastify, { receiver });
  app.post('/other', (request, reply) => reply.send(request.body));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${app.listeningOrigin}/payments/webhook/`, close: () => app.close() };
}

describe.each(Object.entries(DOORS))('%s', (_, open) => {
  test('takes the raw bytes, stores, answers and handles; refuses what was changed', async () => {
    const { store, receiver, seen } = receiverForTest();
    const { url, close } = await open(receiver);
    const body = eventBody();
    expect(await deliver(url, body)).toMatchObject({ status: 200 });
    expect(await deliver(url.slice(0, -1))).toMatchObject({ status: 200 });
    expect(await deliver(url, eventBody(), (text) => text.replace('2000', '2001'))).toMatchObject({ status: 400 });
    await receiver.drain();
    expect(seen).toHaveLength(2);
    const { payload } = (await store.getEvent(JSON.parse(body).id))!;
    expect(new TextDecoder().decode(payload)).toBe(body);
    expect((await store.listRefused()).items.map(({ reason }) => reason)).toEqual(['no_match']);
    await close();
    await receiver.close();
    await store.close();
  });
});

test('a body that someone else parsed is refused with the cause', async () => {
  const { store, receiver } = receiverForTest();
  const app = express();
  app.use(express.json());
  app.post('/payments/webhook/', (request, response) => receiver.node(request, response));
  const { url, close } = await listening(app.listen(0, '127.0.0.1'));
  const { status, text } = await deliver(url);
  expect(status).toBe(400);
  expect(text).toContain('body_parsed');
  expect((await store.listRefused()).items[0]).toMatchObject({ reason: 'body_parsed' });
  await close();
});

test('the other routes of a Fastify application parse as they did', async () => {
  const { receiver } = receiverForTest();
  const { url, close } = await DOORS['Fastify']!(receiver);
  const response = await fetch(new URL('/other', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  });
  expect(await response.json()).toEqual({ a: 1 });
  await close();
});
