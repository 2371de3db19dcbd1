import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, openTab } from './chromium.ts';
import { SCREENS } from './screens.ts';
import { openStage, type Stage } from './stage.ts';
import { furnish } from './furnish.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; impact: string; nodes: { target: string[] }[] };

let browser: Browser;
let stage: Stage;
let paths: Record<string, string>;

beforeAll(async () => {
  browser = await launch();
  stage = await openStage({ handlers: furnish.handlers, retry: furnish.retry });
  paths = await furnish(stage);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stage?.[Symbol.asyncDispose]();
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const)
    test.each(SCREENS)(`$name, ${colorScheme}, ${width} wide: axe finds nothing serious`, async ({ name, ready }) => {
      const { page, wrong } = await openTab(browser, stage.url, { colorScheme, viewport: { width, height } });
      try {
        await page.goto(stage.url + paths[name]!);
        await page.getByText(ready).first().waitFor();
        // Not through a script element: the page's own policy refuses those.
        const violations = await page.evaluate(`(async () => {
          ${AXE}
          return (await axe.run(document)).violations;
        })()`);
        const serious = (violations as Violation[])
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map(({ target }) => target.join(' '))
                .join(', ')}`,
          );
        expect(serious).toEqual([]);
        expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
        expect(wrong).toEqual([]);
      } finally {
        await page.context().close();
      }
    });
