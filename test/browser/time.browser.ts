import { expect, test } from 'vitest';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

const at = atStage();

test('a customer who subscribes is made in two clicks; a month later the renewal is seen', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/time`);
  await page.getByRole('button', { name: 'New customer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  const customers = page.locator('section').filter({ hasText: 'Customers' });
  await expect.poll(() => customers.textContent()).toMatch(/\$20\.00 a month, active/);
  await expect.poll(() => page.locator('main').textContent()).toContain('renews');

  await page.getByRole('button', { name: '+1 month' }).click();
  const happened = page.getByRole('list', { name: 'Events that fired on the way' });
  await expect.poll(() => happened.textContent(), { timeout: 20_000 }).toContain('invoice.created');
  await page.getByRole('button', { name: '+1 day' }).click();
  await expect.poll(() => happened.textContent(), { timeout: 20_000 }).toContain('invoice.paid');

  await page.getByRole('link', { name: 'Objects' }).click();
  await page.getByRole('link', { name: /^invoice \d/ }).click();
  const paid = page.locator('tbody tr').filter({ hasText: 'paid' });
  await expect.poll(() => paid.filter({ hasText: 'subscription_create' }).count()).toBe(1);
  expect(await paid.filter({ hasText: 'subscription_cycle' }).count()).toBe(1);
  expect(wrong).toEqual([]);
});

test('the world is kept and put back; a delivery is sent again', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await at.stage.stripe.customers.create({ name: 'Kept' });
  await page.goto(`${at.stage.url}/time`);
  await page.getByLabel('A name for the snapshot').fill('before');
  await page.getByRole('button', { name: 'Keep the world as it is' }).click();
  await expect.poll(() => page.locator('main').textContent()).toContain('Kept');
  await at.stage.stripe.customers.create({ name: 'Made after it' });
  await expect.poll(() => page.locator('main').textContent()).toContain('Made after it');
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => page.locator('main').textContent()).not.toContain('Made after it');

  const log = page.getByRole('region', { name: 'Deliveries' });
  await log.getByText('customer.created').first().click();
  const before = (await at.stage.receiver.status()).counters.duplicates;
  await log.getByRole('button', { name: 'Send again' }).first().click();
  await expect.poll(async () => (await at.stage.receiver.status()).counters.duplicates).toBe(before + 1);
  expect(wrong).toEqual([]);
});
