import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { atStage } from './at-stage.ts';
import { openTab } from './chromium.ts';
import { SECRET } from './stage.ts';

const run = promisify(execFile);
const at = atStage();

test('the request that is copied, run in a shell, is the same event once more', async () => {
  await at.stage.stripe.customers.create({ name: "O'Hara & Sons", metadata: { quote: `"it's" $HOME \`date\`` } });
  await expect.poll(async () => (await at.stage.store.listEvents()).items.length).toBe(1);
  const [event] = (await at.stage.store.listEvents()).items;
  const { page, wrong } = await openTab(at.browser, at.stage.url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.goto(`${at.stage.url}/events/${event!.id}`);
  await page.getByRole('button', { name: 'curl' }).click();
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
  const { stdout } = await run('bash', ['-c', copied], { env: { ...process.env, STRIPE_WEBHOOK_SECRET: SECRET } });
  expect(stdout).toContain('received');
  expect((await at.stage.store.listEvents()).items.map(({ id, deliveries }) => [id, deliveries])).toEqual([
    [event!.id, 2],
  ]);

  await page.getByRole('button', { name: 'Handler' }).click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toContain(
    "receiver.on('customer.created', async ({ object: customer, idempotencyKey }) => {",
  );
  expect(wrong).toEqual([]);
});
