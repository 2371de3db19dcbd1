import { expect, test } from 'vitest';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

const at = atStage();

test('a scenario: found, its events walked through, one opened and closed, the focus back where it was', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(at.stage.url);
  await page.locator('[data-card]').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('requests a refund');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.locator('button[data-event]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const focused = () => page.evaluate(`document.activeElement?.textContent ?? ''`) as Promise<string>;
  const name = await focused();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: /^The event / }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('complementary', { name: /^The event / }).count()).toBe(0);
  expect(await focused()).toBe(name);
  // By its cross as well.
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Close' }).press('Enter');
  await expect.poll(() => page.getByRole('complementary', { name: /^The event / }).count()).toBe(0);
  expect(await focused()).toBe(name);
  expect(wrong).toEqual([]);
});

test('the catalogue: a type opened, and closed again', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/catalogue`);
  await page.locator('[data-type]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Close' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/catalogue');
  expect(await page.evaluate(`document.activeElement?.hasAttribute('data-type')`)).toBe(true);
  expect(wrong).toEqual([]);
});

test('the help names the keys of the Time screen where there is one, and a dialog begins at its first field', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/time`);
  await page.getByText('Time machine').first().waitFor();
  await page.keyboard.press('?');
  await expect.poll(() => page.getByRole('dialog').textContent()).toContain('a day and a month further');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New customer' }).press('Enter');
  await expect.poll(() => page.evaluate(`document.activeElement?.id`)).toBe('name');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(`document.activeElement?.textContent`)).toContain('New customer');
  expect(wrong).toEqual([]);
});

test('time is moved once, however fast the key comes, and another tab sees it pass', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  const other = await openTab(at.browser, at.stage.url);
  for (const tab of [page, other.page]) {
    await tab.goto(`${at.stage.url}/time`);
    await tab.getByRole('button', { name: '+1 month' }).waitFor();
  }
  let asked = 0;
  let arrive = () => {};
  const gate = new Promise<void>((open) => (arrive = open));
  // A long way: the world is held on it, as the server says it is.
  await page.route('**/api/time/advance', async (route) => {
    asked += 1;
    await gate;
    await route.continue();
  });
  await other.page.route('**/api/time', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), advancing: asked > 0 && !arrived } });
  });
  let arrived = false;
  await page.locator('body').press('m');
  await page.keyboard.press('m');
  await page.keyboard.press('m');
  await page.getByText('Time passes').waitFor();
  await other.page.getByText('Time passes').waitFor({ timeout: 10_000 });
  expect(await other.page.getByRole('button', { name: '+1 month' }).isDisabled()).toBe(true);
  arrived = true;
  arrive();
  for (const tab of [page, other.page])
    await expect.poll(() => tab.getByText('Time passes').count(), { timeout: 10_000 }).toBe(0);
  expect(asked).toBe(1);
  expect([...wrong, ...other.wrong]).toEqual([]);
});
