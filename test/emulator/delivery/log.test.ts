import { describe, expect, test } from 'vitest';
import { createDeliveryLog } from '../../../src/emulator/delivery/delivery-log.ts';
import { control } from '../http.ts';
import { NOW, start } from '../sdk.ts';
import { refusal } from '../worlds.ts';
import { endpoint } from './endpoint.ts';

const DAY = 86_400;

/** Two endpoints, one of which fails, and two events. */
async function told() {
  const good = await endpoint();
  const bad = await endpoint((response) => void response.writeHead(503).end('try later'));
  const open = start();
  const { stripe, settled } = open;
  const first = await stripe.webhookEndpoints.create({ url: good.url, enabled_events: ['*'] });
  const second = await stripe.webhookEndpoints.create({ url: bad.url, enabled_events: ['*'] });
  const customer = await stripe.customers.create({ name: 'Jenny' });
  await stripe.products.create({ name: 'Tea' });
  await settled();
  const [event] = open.world.log.all;
  const data = async (query: string) =>
    (await control(open.emulator, `GET /deliveries${query}`)).body['data'] as {
      id: string;
      endpoint: string;
      type: string;
    }[];
  const close = async () => {
    await good[Symbol.asyncDispose]();
    await bad[Symbol.asyncDispose]();
  };
  return { ...open, good, bad, first, second, customer, event: event!.event.id, data, [Symbol.asyncDispose]: close };
}

test('deliveries are told by event, endpoint, type and state, the newest first', async () => {
  await using open = await told();
  const { data, event, first, second } = open;
  expect((await data('')).map(({ type, endpoint }) => [type, endpoint])).toEqual([
    ['product.created', second.id],
    ['product.created', first.id],
    ['customer.created', second.id],
    ['customer.created', first.id],
  ]);
  expect((await data(`?event=${event}`)).map(({ type }) => type)).toEqual(['customer.created', 'customer.created']);
  expect((await data(`?endpoint=${first.id}`)).map(({ endpoint }) => endpoint)).toEqual([first.id, first.id]);
  expect(await data('?type=product.created')).toHaveLength(2);
  expect((await data('?state=pending')).map(({ endpoint }) => endpoint)).toEqual([second.id, second.id]);
  expect(await data('?state=failed')).toEqual([]);
  expect(await data('?limit=1')).toHaveLength(1);
  for (const query of ['?state=lost', '?limit=0', '?limit=x'])
    expect((await control(open.emulator, `GET /deliveries${query}`)).status).toBe(400);
});

test('one of them shows what was sent and what came back', async () => {
  await using open = await told();
  const [delivery] = await open.data(`?endpoint=${open.second.id}&event=${open.event}`);
  const { body } = await control(open.emulator, `GET /deliveries/${delivery!.id}`);
  const received = open.bad.received[0]!;
  expect(body).toMatchObject({
    event: open.event,
    url: open.bad.url,
    state: 'pending',
    nextAt: NOW + 300,
    attempts: [{ at: NOW, status: 503, answer: 'try later', error: null, ms: expect.any(Number) }],
  });
  const { headers } = (body['attempts'] as { headers: Record<string, string> }[])[0]!;
  expect(headers['stripe-signature']).toBe(received.headers['stripe-signature']);
  // What would be sent now: the other endpoint has answered meanwhile.
  expect(JSON.parse(String(body['body']))).toEqual({ ...received.event, pending_webhooks: 1 });
  expect(JSON.stringify(body)).not.toContain('whsec_');
  expect((await control(open.emulator, 'GET /deliveries/wd_99')).status).toBe(400);
});

test('pending_webhooks counts down, and shows when the event is retrieved', async () => {
  await using open = await told();
  const pending = async () => (await open.stripe.events.retrieve(open.event)).pending_webhooks;
  expect(await pending()).toBe(1);
  open.bad.answer(200);
  await open.time.advance(NOW + 300);
  expect(await pending()).toBe(0);
});

describe('resend', () => {
  test('sends again, signed anew; its success counts, and does not end the automatic retries', async () => {
    await using open = await told();
    const { bad, data, event, second, stripe, time } = open;
    bad.answer(200);
    const [failing] = await data(`?endpoint=${second.id}&event=${event}`);
    const { body } = await control(open.emulator, `POST /deliveries/${failing!.id}/resend`);
    expect(body).toMatchObject({ event, endpoint: second.id, manual: true, state: 'delivered' });
    expect((await stripe.events.retrieve(event)).pending_webhooks).toBe(0);
    expect(bad.received).toHaveLength(3);
    await time.advance(NOW + DAY);
    expect(bad.received.filter((each) => each.event.id === event)).toHaveLength(3);
    expect((await stripe.events.retrieve(event)).pending_webhooks).toBe(0);
  });

  test('a resend that fails is not tried again', async () => {
    await using open = await told();
    const [failing] = await open.data(`?endpoint=${open.second.id}&event=${open.event}`);
    const { body } = await control(open.emulator, `POST /deliveries/${failing!.id}/resend`);
    expect(body).toMatchObject({ state: 'failed', attempts: [{ status: 503 }], nextAt: null });
  });

  test('to nobody who is gone', async () => {
    await using open = await told();
    const [delivery] = await open.data(`?endpoint=${open.first.id}`);
    await open.stripe.webhookEndpoints.del(open.first.id);
    const { status, error } = await control(open.emulator, `POST /deliveries/${delivery!.id}/resend`);
    expect([status, error['message']]).toEqual([400, expect.stringContaining(open.first.id)]);
  });

  test('as `stripe events resend` asks for it: to all that want it, or to one', async () => {
    await using open = await told();
    const { stripe, good, bad, event, first, settled } = open;
    const counts = () => [good.received.length, bad.received.length];
    await stripe.rawRequest('POST', `/v1/events/${event}/retry`, { for_stripecli: true });
    await settled();
    expect(counts()).toEqual([3, 3]);
    const answer = await stripe.rawRequest('POST', `/v1/events/${event}/retry`, { webhook_endpoint: first.id });
    await settled();
    expect(answer).toMatchObject({ id: event, object: 'event' });
    expect(counts()).toEqual([4, 3]);
    for (const [id, params] of [
      ['evt_none', {}],
      [event, { webhook_endpoint: 'we_none' }],
    ] as const)
      expect((await refusal(stripe.rawRequest('POST', `/v1/events/${id}/retry`, params))).code).toBe(
        'resource_missing',
      );
  });
});

test('the log is bounded: the oldest finished deliveries go, those on their way stay', () => {
  const log = createDeliveryLog(10);
  const fields = { type: 't', endpoint: 'we_1', url: 'u', attempts: [], nextAt: null, manual: false, answered: true };
  log.add({ ...fields, event: 'evt_0', state: 'pending' });
  for (let i = 1; i < 100; i++) log.add({ ...fields, event: `evt_${i}`, state: 'delivered' });
  expect(log.all.length).toBeLessThanOrEqual(20);
  expect(log.all[0]!.event).toBe('evt_0');
  expect(log.all.at(-1)!.event).toBe('evt_99');
  expect(log.get('wd_2')).toBeUndefined();
  expect(log.of('evt_1', 'we_1')).toBeUndefined();
  expect(log.get('wd_100')).toMatchObject({ event: 'evt_99' });
});
