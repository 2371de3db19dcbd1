import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createConsole } from '../../src/console/index.ts';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

const SCRIPT = '<script>window.ran = true</script><img src=x onerror="window.ran = true">';

const at = atStage();

test('a script in metadata is text wherever it is shown', async () => {
  const customer = await at.stage.stripe.customers.create({ name: SCRIPT, metadata: { note: SCRIPT } });
  await expect.poll(async () => (await at.stage.store.listObjects({ object: 'customer' })).items.length).toBe(1);
  const [event] = (await at.stage.store.listEvents()).items;
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  const places = [`/events/${event!.id}`, `/objects/customer/${customer.id}`, '/objects/customer', '/time'];
  for (const place of places) {
    await page.goto(at.stage.url + place);
    await expect.poll(() => page.locator('main').textContent()).toContain('<script>window.ran = true');
    expect(await page.evaluate(`'ran' in window`), place).toBe(false);
    expect(await page.locator('main script, main img').count(), place).toBe(0);
  }
  expect(wrong).toEqual([]);
});

test('at an address that other machines reach, nothing is served without the token', async () => {
  const options = { receiver: at.stage.receiver, store: at.stage.store, addresses: {}, onLoopback: false };
  const closed = createConsole(options);
  const guarded = createConsole({ ...options, token: 'open-sesame' });
  for (const path of ['/', '/events', '/api/session', '/api/events', '/assets/index.js', '/bell.svg', '/status.json'])
    for (const it of [closed, guarded]) {
      const answer = await it.fetch(new Request(`http://paybell.internal:4242${path}`));
      expect([401, 403], path).toContain(answer.status);
      expect((await answer.text()).length, path).toBeLessThan(1_000);
    }

  const server = createServer((request, response) => void getRequestListener(guarded.fetch)(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { page } = await openTab(at.browser, base);
    expect((await page.goto(`${base}/events`))?.status()).toBe(401);
    expect(await page.locator('#root').count()).toBe(0);
    await page.goto(`${base}/events?token=open-sesame`);
    await page.getByRole('table', { name: 'Events' }).waitFor();
    // The token does not stay in the address.
    expect(page.url()).toBe(`${base}/events`);
    await page.goto('about:blank');
  } finally {
    guarded.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});
