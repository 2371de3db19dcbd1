import { expect, test } from 'vitest';
import { serveReceiver } from '../../src/cli/receiver-server.ts';
import { createReceiver, type Receiver, type Store } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { put, sample } from '../../src/testing/store-conformance/samples.ts';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';

const at = atStage();

test.each([
  ['/events', 'No event has come yet', 'Play a scenario'],
  ['/events?type=invoice.paid', 'No event is like that', 'Change the filter'],
  ['/events?text=nothing', 'No payload contains that', '0 found'],
  ['/refused', 'Nothing was refused', 'Every delivery'],
  ['/objects', 'The mirror is empty', 'Play a scenario'],
  ['/time', 'Nobody yet', 'New customer'],
  ['/nowhere', 'There is nothing at this address', 'Choose a page'],
])('%s, with nothing in it, says what to do next', async (path, what, next) => {
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(at.stage.url + path);
  await page.getByText(what).first().waitFor();
  await expect.poll(() => page.locator('main').textContent()).toContain(next);
  expect(wrong).toEqual([]);
});

test.each([
  ['/events/evt_gone', 'There is no event evt_gone'],
  ['/scenarios/no-such', 'no-such'],
  ['/objects/customer/cus_gone', 'cus_gone'],
  ['/catalogue/no.such_type', 'There is no event type no.such_type'],
])('%s, which is not there, says so, and where to look', async (path, what) => {
  const { page } = await openTab(at.browser, at.stage.url);
  await page.goto(at.stage.url + path);
  await expect.poll(() => page.locator('main').textContent()).toContain(what);
  await page
    .getByRole('link', { name: /^(All|Every|The)/ })
    .first()
    .click({ timeout: 5_000 });
  await expect.poll(() => page.locator('main').textContent()).not.toContain(what);
});

test('a type of which the mirror has nothing is not taken for another one', async () => {
  await at.stage.stripe.customers.create({ name: 'Ada' });
  await at.stage.receiver.idle();
  const { page, wrong } = await openTab(at.browser, at.stage.url);
  await page.goto(`${at.stage.url}/objects/invoice`);
  await page.getByText('The mirror has no invoice').waitFor();
  await page.getByRole('link', { name: /^customer \d/ }).click();
  await page.getByRole('link', { name: /^cus_/ }).first().waitFor();
  expect(wrong).toEqual([]);
});

test('without a local Stripe, and read-only, it shows no more than can be done', async () => {
  await using store = createSqliteStore({ path: ':memory:' });
  const receiver = createReceiver({ store, secrets: 'whsec_states0000000000000000', path: '/webhook' }) as Receiver;
  await using server = await serveReceiver({
    receiver,
    store: store as Store,
    path: '/webhook',
    host: '127.0.0.1',
    port: 0,
    readOnly: true,
  });
  await put(store as Store, sample({ id: 'evt_1' }));
  const { page, wrong } = await openTab(at.browser, server.url);
  await page.goto(`${server.url}/time`);
  await page.getByText('There is no local Stripe here').waitFor();
  expect(await page.getByRole('link', { name: 'Time' }).count()).toBe(0);
  await page.goto(`${server.url}/events/evt_1`);
  await expect.poll(() => page.getByRole('button', { name: 'Replay' }).isDisabled()).toBe(true);
  await page.goto(`${server.url}/scenarios/refund`);
  await page.getByRole('heading', { name: /refund/ }).waitFor();
  expect(await page.getByRole('button', { name: /^Play/ }).count()).toBe(0);
  expect(wrong).toEqual([]);
});

test('with the server away, what is there stays and says that it is old; with the server back, it goes on', async () => {
  await at.stage.stripe.customers.create({ name: 'Kept' });
  const { page } = await openTab(at.browser, at.stage.url);
  let away = false;
  await page.route('**/api/**', (route) => (away ? route.abort() : route.continue()));
  await page.goto(`${at.stage.url}/time`);
  await page.getByText('Kept').first().waitFor();
  away = true;
  await page.getByRole('button', { name: '+1 day' }).click();
  await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('does not answer');
  expect(await page.getByText('Kept').count()).toBeGreaterThan(0);
  // A screen that has nothing yet says why, and whoever goes elsewhere leaves that behind.
  await page.getByRole('link', { name: 'Objects' }).click();
  await page.getByRole('heading', { name: 'No answer' }).waitFor({ timeout: 15_000 });
  away = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: /^customer \d/ }).waitFor();
});

test('a screen that cannot begin can be tried again', async () => {
  const { page } = await openTab(at.browser, at.stage.url);
  let away = true;
  await page.route('**/api/session', (route) => (away ? route.abort() : route.continue()));
  await page.goto(`${at.stage.url}/events`);
  await page.getByRole('heading', { name: 'No answer' }).waitFor({ timeout: 15_000 });
  away = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Events' }).waitFor();
});
