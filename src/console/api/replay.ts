import { Hono } from 'hono';
import { bodyOf, textOf } from '../body.ts';
import type { Settings } from '../options.ts';
import { invalid } from '../refusal.ts';
import type { ReplayRequest } from './types.ts';

/** How many events are replayed at a time. */
const MOST = 1_000;

/** Makes the handlers of this process run again, or tells what would run. */
export function replayRoutes({ receiver }: Settings): Hono {
  return new Hono().post('/replay', async (c) => {
    const body = await bodyOf(c, ['ids', 'account', 'handler', 'dryRun'] satisfies (keyof ReplayRequest)[]);
    const { ids, dryRun } = body;
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST || !ids.every((id) => typeof id === 'string'))
      throw invalid(`ids are those of 1 to ${MOST} events.`);
    // What changes something says so.
    if (typeof dryRun !== 'boolean') throw invalid('dryRun is true, to see what would run, or false, to run it.');
    const account = textOf(body, 'account');
    const handler = textOf(body, 'handler');
    const filter = { id: ids as string[], ...(account !== undefined && { account }), ...(handler && { handler }) };
    return c.json(await receiver.replay(filter, { dryRun }));
  });
}
