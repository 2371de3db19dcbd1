import { Hono } from 'hono';
import type { Settings } from '../options.ts';
import type { Session } from './types.ts';

/** What this console can do. */
export function sessionRoutes({ receiver, addresses, stripe, secret, readOnly, version }: Settings): Hono {
  return new Hono().get('/session', async (c) => {
    const { path, handlers } = await receiver.status();
    const local = stripe();
    return c.json({
      version,
      readOnly,
      addresses,
      path,
      handlers,
      stripe: local ? { url: local.url, key: local.key } : null,
      canPlay: secret !== undefined && !readOnly,
    } satisfies Session);
  });
}
