import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildWeb } from './build-web.ts';
import { launch, openTab } from '../test/browser/chromium.ts';
import { furnish } from '../test/browser/furnish.ts';
import { SCREENS } from '../test/browser/screens.ts';
import { openStage } from '../test/browser/stage.ts';

// `npm run screens`: pictures of every screen of the console, light and dark, wide and narrow, into docs/screens.
const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screens'));
const WIDTHS = { wide: [1280, 800], narrow: [390, 844] } as const;
/** Of 100: what text still stays sharp at. */
const QUALITY = 44;

await buildWeb({ ifNeeded: true });
mkdirSync(folder, { recursive: true });
await using stage = await openStage({ handlers: furnish.handlers, retry: furnish.retry });
const paths = await furnish(stage);
const browser = await launch();
let total = 0;
for (const colorScheme of ['light', 'dark'] as const)
  for (const [size, [width, height]] of Object.entries(WIDTHS)) {
    const { page } = await openTab(browser, stage.url, { colorScheme, viewport: { width, height } });
    const shown = await page.context().newCDPSession(page);
    for (const { name, ready } of SCREENS) {
      await page.goto(stage.url + paths[name]!);
      await page.getByText(ready).first().waitFor();
      await page.evaluate('document.fonts.ready');
      // Charts are drawn, and what has just arrived has lost its colour.
      await page.waitForTimeout(600);
      const { data } = await shown.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
      const file = join(folder, `${name}-${colorScheme}-${size}.webp`);
      writeFileSync(file, Buffer.from(data, 'base64'));
      total += statSync(file).size;
    }
    await page.context().close();
  }
await browser.close();
console.log(`${SCREENS.length * 4} pictures, ${Math.round(total / 1000)} KB, in ${folder}`);
