import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { createLive } from '../live.ts';
import { Refusal } from '../refusal.ts';
import type { Settings } from '../options.ts';

/** Tells, for as long as somebody listens, that something changed. */
export function liveRoutes(settings: Settings): Hono {
  const live = createLive(settings);
  return new Hono().get('/live', (c) => {
    // Hono answers HEAD as GET and drops the stream, which would never be told that nobody reads it.
    if (c.req.raw.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
    if (live.full) throw new Refusal(503, 'too_many', 'As many pages listen already as may: close some.');
    const answer = streamSSE(c, async (stream) => {
      const end = live.listen((message) => stream.write(message));
      stream.onAbort(end.now);
      await end.over;
    });
    // A proxy that buffers would keep everything until the connection ends.
    answer.headers.set('x-accel-buffering', 'no');
    return answer;
  });
}
