import { expect, test } from 'vitest';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

let broken = true;
const handled: string[] = [];

const at = atStage({
  retry: { attempts: 2, base: 10, cap: 10 },
  handlers: (receiver) =>
    receiver.on(
      'customer.created',
      ({ event }) => {
        if (broken) throw new Error('the mail server is away');
        handled.push(event.id);
      },
      { name: 'welcome-mail' },
    ),
});

test('a failed event shows its attempts and why; replayed, it is done', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events`);
  await at.stage.stripe.customers.create({ name: 'Ada' });
  await page.getByRole('link', { name: 'customer.created' }).click();
  const handlers = page.locator('section').filter({ hasText: 'Handlers' });
  await expect.poll(() => handlers.textContent(), { timeout: 10_000 }).toContain('dead');
  expect(await handlers.textContent()).toMatch(/welcome-mail2 attempts, 2 failed/);
  expect(await handlers.locator('pre').textContent()).toMatch(/the mail server is away[\s\S]*replay\.browser\.ts/);

  broken = false;
  await page.locator('body').press('r');
  const dialog = page.getByRole('dialog', { name: 'Replay this event' });
  expect(await dialog.getByRole('listitem').textContent()).toBe('welcome-mail');
  expect(handled).toEqual([]);
  await dialog.getByRole('button', { name: 'Run 1 handler' }).click();
  await expect.poll(() => page.locator('header').textContent(), { timeout: 10_000 }).toContain('done');
  expect(handled).toHaveLength(1);
  expect(await dialog.count()).toBe(0);
  expect(wrong).toEqual([]);
});

test('what cannot run any more when it is confirmed is told, and the dialog stays', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/events`);
  broken = false;
  const { id } = await at.stage.stripe.customers.create({ name: 'Grace' });
  await page.getByRole('link', { name: 'customer.created' }).first().click();
  await expect.poll(() => page.locator('header').textContent(), { timeout: 10_000 }).toContain('done');
  // The payload of what the mirror shows is kept: the customer goes on, in a later second.
  await page.waitForTimeout(1_100);
  await at.stage.stripe.customers.update(id, { name: 'Grace H.' });
  const history = page.locator('section').filter({ hasText: 'The same object' });
  await expect.poll(() => history.textContent(), { timeout: 10_000 }).toMatch(/customer\.updated.*done/);

  await page.locator('body').press('r');
  const dialog = page.getByRole('dialog', { name: 'Replay this event' });
  const button = dialog.getByRole('button', { name: 'Run 1 handler' });
  await expect.poll(() => button.isEnabled()).toBe(true);
  const before = handled.length;
  const later = Date.now() + 60_000;
  await at.stage.store.prune({ before: later, rowsBefore: 0, dead: true, after: 0, limit: 1_000 });
  await button.click();
  await expect.poll(() => page.locator('body').textContent(), { timeout: 10_000 }).toContain('Its payload is gone');
  await page.waitForTimeout(500);
  expect(await dialog.textContent()).toContain('Its payload is gone');
  expect(handled).toHaveLength(before);
  expect(wrong).toEqual([]);
});

test('a refused delivery is shown with its reason', async () => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await at.stage.receiver.fetch(
    new Request(`${at.stage.url}/payments/webhook/`, {
      method: 'POST',
      headers: { 'stripe-signature': 't=1,v1=00' },
      body: '{"id":"evt_forged","object":"event"}',
    }),
  );
  await page.goto(`${at.stage.url}/refused`);
  await expect.poll(() => page.locator('main').textContent()).toMatch(/t=1,v1=00/);
  expect(await page.locator('main section').count()).toBe(1);
  expect(wrong).toEqual([]);
});
