import { Hono } from 'hono';
import { matches } from '../../stripe/index.ts';
import type { EventDetail } from '../../store/store.ts';
import { aboutType } from '../about.ts';
import { eventRow } from '../event-row.ts';
import { lifeOf } from '../life.ts';
import { marksOf } from '../marks.ts';
import type { Settings } from '../options.ts';
import { filterIn, numberIn } from '../query.ts';
import { invalid, missing } from '../refusal.ts';
import { searchEvents } from '../search.ts';
import type { EventDetails, EventMarks, EventPage, EventRow } from './types.ts';

const NEIGHBOURS = 100;

/** Events: a page of them, where the pages begin, and one with everything known of it. */
export function eventRoutes({ store, receiver, clock }: Settings): Hono {
  const app = new Hono();

  app.get('/events', async (c) => {
    const query = c.req.query();
    const filter = filterIn(query);
    const before = numberIn(query, 'before');
    const limit = numberIn(query, 'limit', { min: 1, max: 1_000 }) ?? 100;
    const text = query['text'];
    if (text) return c.json(await searchEvents(store, clock, { ...filter, text }, { before, limit }));
    const { items, next } = await store.listEvents({ ...filter, limit, ...(before !== undefined && { before }) });
    return c.json({ items: items.map(eventRow), next } satisfies EventPage);
  });

  app.get('/events/marks', async (c) => {
    const query = c.req.query();
    if (query['text']) throw invalid('A search has no marks: read it page by page.');
    const every = numberIn(query, 'every', { min: 1, max: 1_000 }) ?? 100;
    const before = numberIn(query, 'before');
    const filter = { ...filterIn(query), ...(before !== undefined && { before }) };
    return c.json({ every, ...(await marksOf(store, filter, every)) } satisfies EventMarks);
  });

  app.get('/events/:id', async (c) => {
    const event = await store.getEvent(c.req.param('id'), c.req.query('account'));
    if (!event) throw missing(`event ${c.req.param('id')}`);
    const { handlers } = await receiver.status();
    const { livemode, apiVersion, proof, lastReceivedAt, finishedAt, readyAt, redacted, pruned } = event;
    const rest = { livemode, apiVersion, proof, lastReceivedAt, finishedAt, readyAt, redacted, pruned };
    return c.json({
      event: { ...eventRow(event), ...rest, handlers: event.handlers },
      payload: text(event.payload),
      verified: event.verified && text(event.verified),
      neighbours: await neighboursOf(event),
      about: aboutType(event.type) ?? null,
      matching: handlers.filter(({ pattern }) => matches(pattern, event.type)),
    } satisfies EventDetails);
  });

  /** The events of the same object in the order of its life; those that are no part of it (not proven) stand apart. */
  async function neighboursOf(event: EventDetail): Promise<EventRow[]> {
    if (event.objectId === '' || event.valid !== true) return [eventRow(event)];
    const { account, object, objectId } = event;
    const of = { account, object, objectId };
    const { items } = await store.listEvents({ ...of, valid: true, copies: false, limit: NEIGHBOURS });
    const places = new Map((await lifeOf(store, of)).map(({ seq }, place) => [seq, place]));
    const rows = items.some(({ seq }) => seq === event.seq) ? items : [...items.slice(0, NEIGHBOURS - 1), event];
    const place = (seq: number) => places.get(seq) ?? -1;
    return rows.toSorted((a, b) => place(a.seq) - place(b.seq) || a.seq - b.seq).map(eventRow);
  }

  return app;
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
