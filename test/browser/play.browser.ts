import { expect, test } from 'vitest';
import { pathOf, scenarios } from '../../src/scenarios/index.ts';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

const at = atStage();

test('renewal-fails is played, and every event is seen to arrive on the timeline', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(at.stage.url);
  await page.getByRole('searchbox').fill('charge attempt fails');
  await page.getByRole('link', { name: /Invoice charge attempt fails/ }).click();
  await page.getByLabel('Which way').selectOption('current');
  const declared = pathOf(
    scenarios.find(({ id }) => id === 'renewal-fails')!,
    'current',
  ).fires.map(({ type }) => type);
  const shown = page.locator('button[data-event]');
  await expect.poll(() => shown.count()).toBe(declared.length);

  await page.getByLabel('How fast').selectOption('350');
  await page.getByRole('button', { name: 'Play' }).click();
  // They arrive one after the other, not all at once.
  await expect
    .poll(() => page.locator('[data-arrival="waiting"]').count(), { timeout: 20_000 })
    .toBeLessThan(declared.length);
  const underWay = await page.locator('[data-arrival="waiting"]').count();
  expect(underWay).toBeGreaterThan(0);
  await expect.poll(() => page.locator('[data-arrival="arrived"]').count(), { timeout: 40_000 }).toBe(declared.length);
  await expect
    .poll(() => page.getByRole('status').filter({ hasText: 'mirror' }).textContent(), { timeout: 10_000 })
    .toMatch(
      new RegExp(`${declared.length} of ${declared.length} events arrived.*all \\d+ objects as Stripe has them`),
    );
  expect(await shown.allTextContents()).toEqual(declared.map((type) => expect.stringContaining(type)));
  expect(wrong).toEqual([]);

  // The same events are in the store, in the order in which they were shown.
  const stored = (await at.stage.store.listEvents({ limit: 100 })).items.map(({ type }) => type).toReversed();
  expect(stored.slice(-declared.length)).toEqual(declared);
});

test('an event of a timeline opens with its payload, what changed in it, and what to do with it', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/scenarios/refund?path=current`);
  await page.getByRole('button', { name: 'charge.refunded' }).click();
  const detail = page.getByRole('complementary', { name: 'The event charge.refunded' });
  await expect.poll(() => detail.textContent()).toContain('previous');
  expect(await detail.textContent()).toMatch(/handle.*Take back/);
  // amount_refunded is shown with what stood there before.
  expect(
    await detail
      .getByText(/"amount_refunded"/)
      .first()
      .locator('..')
      .textContent(),
  ).toContain('← 0');
  for (const name of ['Copy JSON', 'curl', 'Test fixture', 'Handler'])
    expect(await detail.getByRole('button', { name }).count()).toBe(1);
  expect(wrong).toEqual([]);
});
