import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { envelopeOf } from '../../src/receiver/envelope.ts';
import { launch, openTab } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

let browser: Browser;
let stage: Stage;

/** 5,000 lines in one list, as many fields beside each other, and a text of half a megabyte. */
const OBJECT = {
  id: 'cus_large',
  object: 'customer',
  list: Array.from({ length: 5_000 }, (_, i) => `item ${i}`),
  rows: Array.from({ length: 500 }, (_, i) => ({ id: i, name: `row ${i}`, tags: ['a', 'b', 'c'] })),
  metadata: Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`key_${i}`, `value ${i}`])),
  text: 'x'.repeat(500_000),
};

beforeAll(async () => {
  browser = await launch();
  stage = await openStage({
    fill: async (store) => {
      const event = {
        id: 'evt_large',
        object: 'event',
        api_version: '2026-10-28.endive',
        created: 1_790_000_000,
        data: { object: OBJECT, previous_attributes: { metadata: OBJECT.metadata } },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: 'customer.updated',
      };
      const payload = Buffer.from(JSON.stringify(event));
      const envelope = { ...envelopeOf(event)!, proof: 'whsec', payload, receivedAt: 1_790_000_000_000 };
      await store.insert({ events: [envelope], refused: [], keepRefused: 0 });
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await stage?.[Symbol.asyncDispose]();
});

test('a large event is shown a part at a time, also with everything open', async () => {
  const { page, wrong } = await openTab(browser, stage.url);
  await page.goto(`${stage.url}/events/evt_large`);
  const json = page.getByRole('group', { name: 'Payload of customer.updated' });
  await json.waitFor();
  const elements = () => json.locator('*').count();
  expect(await elements()).toBeLessThan(8_000);
  await page.getByRole('button', { name: 'Open all' }).click();
  expect(await elements()).toBeLessThan(8_000);

  // What was left out is there when it is asked for.
  const open = json.getByRole('button', { name: 'Open list' });
  if (await open.count()) await open.click();
  await expect.poll(() => json.textContent()).toContain('"item 99"');
  expect(await json.textContent()).not.toContain('"item 100"');
  await json
    .getByRole('button', { name: /Show more of 5,?000 items/ })
    .first()
    .click();
  await expect.poll(() => json.textContent()).toContain('"item 199"');
  await page.getByRole('tab', { name: 'As it came' }).click();
  const raw = page.getByRole('region', { name: 'As it came' });
  expect((await raw.textContent())!.length).toBeLessThan(60_000);
  await raw.getByRole('button', { name: /Show more/ }).click();
  expect((await raw.textContent())!.length).toBeGreaterThan(150_000);
  expect(wrong).toEqual([]);
});
