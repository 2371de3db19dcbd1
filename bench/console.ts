import type { Browser } from 'playwright-core';
import { buildWeb } from '../scripts/build-web.ts';
import { launch, openTab } from '../test/browser/chromium.ts';
import { fill } from '../test/browser/fill.ts';
import { openStage } from '../test/browser/stage.ts';
import type { BenchOptions } from './main.ts';
import { median } from './report.ts';

const COUNTS = [100, 100_000];

/** How soon the console's list of events can be used, with few events stored and with many, in a browser that knows nothing yet. */
export async function consoleBench({ rounds }: BenchOptions): Promise<void> {
  await buildWeb({ ifNeeded: true });
  const browser = await launch();
  try {
    for (const count of COUNTS) {
      await using stage = await openStage({ fill: (store) => fill(store, count) });
      const seen: Seen[] = [];
      for (let round = 0; round < rounds; round++) seen.push(await open(browser, stage.url));
      const row = (name: string, pick: (one: Seen) => number) => `${name} ${Math.round(median(seen.map(pick)))}`;
      console.log(
        `${String(count).padStart(7)} events: ${row('rows after', ({ rows }) => rows)} ms, ${row('a key answered after', ({ key }) => key)} ms, ${row('the last row after', ({ last }) => last)} ms more, ${row('first load', ({ bytes }) => bytes / 1_000)} KB`,
      );
    }
  } finally {
    await browser.close();
  }
}

/** Milliseconds, and bytes as they were sent. */
type Seen = { rows: number; key: number; last: number; bytes: number };

async function open(browser: Browser, url: string): Promise<Seen> {
  const { page, bytes } = await openTab(browser, url);
  const began = performance.now();
  await page.goto(`${url}/events`, { waitUntil: 'commit' });
  await page.locator('[data-row="0"]').waitFor();
  const rows = performance.now() - began;
  await page.keyboard.press('j');
  await page.locator('[data-row="0"]:focus').waitFor();
  const key = performance.now() - began;
  const loaded = await bytes();
  const pressed = performance.now();
  const count = Number(await page.getByRole('table', { name: 'Events' }).getAttribute('aria-rowcount')) - 1;
  await page.keyboard.press('End');
  await page.locator(`[data-row="${count - 1}"]`).waitFor();
  const last = performance.now() - pressed;
  await page.context().close();
  return { rows, key, last, bytes: loaded };
}
