import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from './chromium.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

/** A browser and a stage for the tests of a file: there before the first of them, gone after the last. */
export function atStage(options: StageOptions = {}): { browser: Browser; stage: Stage } {
  const at = {} as { browser: Browser; stage: Stage };
  beforeAll(async () => {
    at.browser = await launch();
    at.stage = await openStage(options);
  }, 120_000);
  afterAll(async () => {
    await at.browser?.close();
    await at.stage?.[Symbol.asyncDispose]();
  });
  return at;
}
