import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, openTab } from './chromium.ts';
import { fill } from './fill.ts';
import { openStage, type Stage } from './stage.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const ROW = 38;
const empty = (): Promise<Stage> => openStage({ fill: async () => {} });
/** What each row that is in the page shows, by its place. */
const shown = (page: Page): Promise<[number, string][]> =>
  page.locator('[data-row]').evaluateAll((rows) =>
    rows.map((row): [number, string] => {
      const { dataset, href } = row as unknown as { dataset: { row: string }; href: string };
      return [Number(dataset.row), href.slice(href.lastIndexOf('/') + 1)];
    }),
  );
const rowCount = (page: Page) => page.getByRole('table', { name: 'Events' }).getAttribute('aria-rowcount');
const idAt = (n: number) => `evt_${String(n).padStart(8, '0')}`;

test('more than a page at once in an empty list: none is left out, none is there twice', async () => {
  await using stage = await empty();
  const { page, wrong } = await openTab(browser, stage.url);
  await page.goto(`${stage.url}/events`);
  await page.getByText('No event has come yet').waitFor();
  await fill(stage.store, 1_000);
  await expect.poll(() => rowCount(page), { timeout: 10_000 }).toBe('1001');
  const table = page.getByRole('table', { name: 'Events' });
  for (let first = 0; first < 1_000; first += 18) {
    await table.evaluate((element, top) => element.scrollTo({ top }), first * ROW);
    await page.locator(`[data-row="${Math.min(999, first + 10)}"]`).waitFor();
    for (const [index, id] of await shown(page)) expect(id).toBe(idAt(999 - index));
  }
  expect(wrong).toEqual([]);
});

test('whoever has scrolled away, or moves among the rows, stays with them however many come', async () => {
  await using stage = await empty();
  await fill(stage.store, 1_000);
  const { page, wrong } = await openTab(browser, stage.url);
  await page.goto(`${stage.url}/events`);
  await expect.poll(() => rowCount(page)).toBe('1001');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const focused = () => page.evaluate(`document.activeElement?.getAttribute('href')`);
  await expect.poll(focused).toBe(`/events/${idAt(997)}`);
  await stage.stripe.customers.create({ name: 'One' });
  const fresh = page.getByRole('button', { name: /\d+\+? new/ });
  await expect.poll(() => fresh.textContent(), { timeout: 10_000 }).toBe('1 new');
  expect(await focused()).toBe(`/events/${idAt(997)}`);

  const table = page.getByRole('table', { name: 'Events' });
  await table.evaluate((element, top) => element.scrollTo({ top }), 500 * ROW);
  await page.locator('[data-row="505"]').waitFor();
  const place = async () => (await page.locator(`a[href="/events/${idAt(494)}"]`).boundingBox())?.y;
  const before = await place();
  await Promise.all(Array.from({ length: 150 }, (_, i) => stage.stripe.customers.create({ name: `Customer ${i}` })));
  await expect.poll(() => fresh.textContent(), { timeout: 10_000 }).toBe('100+ new');
  expect(await place()).toBe(before);

  await fresh.click();
  await expect.poll(() => rowCount(page), { timeout: 10_000 }).toBe('1152');
  await expect.poll(() => page.locator('[data-row="0"]').textContent()).toBe('customer.created');
  expect(new Set((await shown(page)).map(([, id]) => id)).size).toBe((await shown(page)).length);
  expect(wrong).toEqual([]);
});

test('a list by state follows the states, also when nothing new comes', async () => {
  let broken = true;
  await using stage = await openStage({
    retry: { attempts: 5, base: 100, cap: 100 },
    handlers: (receiver) =>
      receiver.on('customer.created', () => {
        if (broken) throw new Error('not yet');
      }),
  });
  for (let i = 0; i < 12; i += 1) await stage.stripe.customers.create({ name: `Customer ${i}` });
  const { page, wrong } = await openTab(browser, stage.url);
  await page.goto(`${stage.url}/events?state=dead`);
  await expect.poll(() => rowCount(page), { timeout: 20_000 }).toBe('13');
  broken = false;
  const { items } = await stage.store.listEvents({ limit: 5 });
  await stage.receiver.replay({ id: items.map(({ id }) => id) }, { dryRun: false });
  await expect.poll(() => rowCount(page), { timeout: 20_000 }).toBe('8');
  await expect.poll(async () => (await shown(page)).length).toBe(7);
  expect(wrong).toEqual([]);
});

test('without a network it goes on, and however slowly the server answers', async () => {
  await using stage = await empty();
  const { page, wrong } = await openTab(browser, stage.url);
  await page.route('**/api/events?*', async (route) => {
    await new Promise((later) => setTimeout(later, 400));
    await route.continue().catch(() => {});
  });
  await page.goto(`${stage.url}/events`);
  await page.getByText('No event has come yet').waitFor();
  await page.evaluate(`window.dispatchEvent(new Event('offline'))`);
  // Something comes all the time, sooner than an answer does.
  const coming = new AbortController();
  const all = (async () => {
    for (let i = 0; !coming.signal.aborted; i += 1) {
      await stage.stripe.customers.create({ name: `Customer ${i}` });
      await new Promise((later) => setTimeout(later, 100));
    }
  })();
  await page.locator('[data-row="0"]').waitFor({ timeout: 10_000 });
  const first = await shown(page);
  await expect.poll(async () => (await shown(page)).length, { timeout: 10_000 }).toBeGreaterThan(first.length);
  coming.abort();
  await all;
  expect(wrong).toEqual([]);
});
