import { Hono } from 'hono';
import type { Settings } from '../options.ts';
import { createSampler } from '../sampler.ts';

/** How the receiver has been doing. */
export function healthRoutes(settings: Settings): Hono {
  const sampler = createSampler(settings);
  return new Hono().get('/health', async (c) => c.json(await sampler.read()));
}
