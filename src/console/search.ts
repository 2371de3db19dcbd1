import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { EventFilter, Store, StoredEvent } from '../store/store.ts';
import type { EventPage } from './api/types.ts';
import { eventRow } from './event-row.ts';

/** How many places of the order of arrival are searched at once: 2,000 payloads take SQLite a few milliseconds. */
const RANGE = 2_000;
/** One answer looks at this many at most, and for this long, in milliseconds. */
const MOST = 20_000;
const PATIENCE = 300;

/**
 * A page of the events whose payload contains a text, newest first. It reads payloads a range at a time and lets the
 * process do other things in between; when it has looked at enough, `next` says where to go on.
 */
export async function searchEvents(
  store: Store,
  clock: Clock,
  filter: EventFilter & { text: string },
  { before, limit }: { before: number | undefined; limit: number },
): Promise<EventPage> {
  const { text, ...rest } = filter;
  const end = clock.now() + PATIENCE;
  const found: StoredEvent[] = [];
  let searched = 0;
  let high = before;
  const page = (next: number | null): EventPage => ({ items: found.map(eventRow), next, searched });
  for (;;) {
    // The newest that the rest of the filter leaves: ranges without any are passed over.
    const [first] = (await store.listEvents({ ...rest, limit: 1, ...(high !== undefined && { before: high }) })).items;
    if (!first) return page(null);
    if (searched >= MOST || clock.now() > end) return page(first.seq + 1);
    const above = first.seq + 1;
    const low = Math.max(0, above - RANGE);
    const left = limit - found.length;
    const { items, next } = await store.listEvents({ ...rest, text, before: above, after: low - 1, limit: left });
    found.push(...items);
    if (items.length === left) {
      const last = next ?? low;
      searched += above - last;
      return page(last);
    }
    searched += above - low;
    high = low;
    await turn();
  }
}
