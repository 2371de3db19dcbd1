import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Starts the Chromium of this machine, with a profile of its own that is gone afterwards. */
export async function launch(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      'No Chromium here. Debian and Ubuntu: apt-get update && apt-get install -y chromium. Elsewhere: set CHROMIUM_PATH to its program.',
    );
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...asRoot, '--disable-gpu', '--disable-background-networking'] });
}

/** A tab in which nothing may go wrong unseen: errors, refused resources and requests to elsewhere are collected. */
export async function openTab(
  browser: Browser,
  base: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrong: string[]; bytes: () => Promise<number> }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('pageerror', (error) => wrong.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(base).origin) wrong.push(`asked ${request.url()}`);
  });
  page.on('requestfinished', (request) => {
    if (!request.url().includes('/api/live')) sizes.push(sizeOf(request));
  });
  return { page, wrong, bytes: async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) };
}

async function sizeOf(request: { sizes(): Promise<{ responseBodySize: number }> }): Promise<number> {
  // A tab that was closed has no more to say.
  return (await request.sizes().catch(() => ({ responseBodySize: 0 }))).responseBodySize;
}
