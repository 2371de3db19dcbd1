import { setImmediate as turn } from 'node:timers/promises';
import type { EventFilter, Marks, Store } from '../store/store.ts';

/** How many places of the order of arrival are read at once: 25,000 take SQLite about 10 ms. */
const RANGE = 25_000;

/** Where the pages of a list begin, however long it is: the process does other things between its parts. */
export async function marksOf(store: Store, filter: EventFilter, every: number): Promise<Marks> {
  const found: Marks = { total: 0, marks: [], more: false };
  let before = filter.before;
  for (;;) {
    // The newest that the filter leaves: ranges without any are passed over.
    const page = await store.listEvents({ ...filter, limit: 1, ...(before !== undefined && { before }) });
    const [first] = page.items;
    if (!first) return found;
    const low = Math.max(0, first.seq + 1 - RANGE);
    const part = await store.marks({ ...filter, before: first.seq + 1, after: low - 1 }, every, found.total);
    found.marks.push(...part.marks);
    found.total += part.total;
    found.more = part.more;
    before = low;
    await turn();
  }
}
