import { expect, test } from 'vitest';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';
import { fill } from './fill.ts';

const COUNT = 100_000;
/** What the first load may weigh, compressed: 250 KB. */
const WEIGHT = 250_000;

const at = atStage({ fill: (store) => fill(store, COUNT) });

test('100,000 events: the newest first, few rows in the page, and the last one can be scrolled to', async () => {
  const { page, wrong, bytes } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events`);
  await page.getByRole('link', { name: 'invoice.created' }).first().waitFor();
  expect(await bytes()).toBeLessThan(WEIGHT);
  const table = page.getByRole('table', { name: 'Events' });
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(COUNT + 1));
  expect(await table.getByRole('row').count()).toBeLessThan(100);

  await page.keyboard.press('End');
  const last = page.locator(`[data-row="${COUNT - 1}"]`);
  await last.waitFor();
  expect(await last.getAttribute('href')).toBe('/events/evt_00000000');
  // Somewhere in the middle as well: the row shows the event that belongs there.
  await table.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
  await expect.poll(() => page.locator('[data-row="50000"]').getAttribute('href')).toBe('/events/evt_00049999');
  expect(await table.getByRole('row').count()).toBeLessThan(100);
  expect(wrong).toEqual([]);
});

test('the list is narrowed by type, object and text; the address keeps it', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events`);
  const table = page.getByRole('table', { name: 'Events' });
  await page.getByLabel('Type').fill('invoice.*');
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String((2 * COUNT) / 5 + 1));
  await page.keyboard.press('Escape');
  await page.getByLabel('Object').fill('invoice_7005');
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('2');
  expect(page.url()).toContain('object=invoice_7005');
  await page.getByRole('button', { name: 'Clear' }).click();

  await page.keyboard.press('Escape');
  await page.locator('body').press('/');
  await page.keyboard.type('needle-in-the-hay');
  await page.keyboard.press('Enter');
  await expect.poll(() => table.getAttribute('aria-rowcount'), { timeout: 20_000 }).toBe(String(COUNT / 1_000 + 1));
  expect(wrong).toEqual([]);
});

test('what arrives appears on top; whoever has scrolled away is not moved', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events`);
  await page.locator('[data-row="0"]').waitFor();
  await at.stage.stripe.customers.create({ name: 'Live' });
  await expect.poll(() => page.locator('[data-row="0"]').textContent()).toBe('customer.created');

  const table = page.getByRole('table', { name: 'Events' });
  await table.evaluate((element) => element.scrollTo({ top: 38 * 5_000 }));
  const held = page.locator('[data-row="5005"]');
  await held.waitFor();
  const before = await held.getAttribute('href');
  await at.stage.stripe.customers.create({ name: 'Live again' });
  const fresh = page.getByRole('button', { name: /\d+ new/ });
  await fresh.waitFor();
  // The row at that height is the same event as before.
  expect(await page.locator(`a[href="${before}"]`).isVisible()).toBe(true);
  await fresh.click();
  await expect.poll(() => page.locator('[data-row="0"]').textContent()).toBe('customer.created');
  expect(wrong).toEqual([]);
});

test('by keyboard: j and k move, Enter opens, ? helps', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events?type=charge.succeeded`);
  await page.locator('[data-row="0"]').waitFor();
  const focused = () => page.evaluate(`document.activeElement?.getAttribute('data-row')`);
  await page.keyboard.press('j');
  await expect.poll(focused).toBe('0');
  await page.keyboard.press('j');
  await expect.poll(focused).toBe('1');
  await page.keyboard.press('k');
  await expect.poll(focused).toBe('0');
  const to = await page.locator('[data-row="0"]').getAttribute('href');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).pathname).toBe(to);
  await page.getByRole('heading', { name: 'charge.succeeded' }).first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  expect(wrong).toEqual([]);
});
