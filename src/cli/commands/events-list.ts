import { MOST_LISTED as MOST } from '../../store/page.ts';
import { defineCommand, numberOption, UsageError } from '../define.ts';
import { EVENT_FILTER_OPTIONS, eventFilterOf, noEvents } from '../event-filter.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { eventLine, eventShown } from '../event-text.ts';

export const eventsList = defineCommand({
  name: 'events list',
  about: 'List received events, newest first.',
  options: [
    STORE_OPTION,
    ...EVENT_FILTER_OPTIONS,
    { flags: '--handler <name>', about: 'only those that this handler has worked on, or is to' },
    { flags: '--before <cursor>', about: 'the page after another one, which names its cursor' },
    { flags: '--limit <n>', about: `how many, ${MOST} at most`, default: '50' },
  ],
  async run({ options, out }) {
    const filter = eventFilterOf(options);
    const limit = numberOption(options, 'limit');
    if (limit < 1 || limit > MOST) throw new UsageError(`--limit is a number from 1 to ${MOST}.`);
    await using store = await openStore(options, { to: 'look' });
    const { items, next } = await store.listEvents({
      ...filter,
      ...(options['handler'] !== undefined && { handler: String(options['handler']) }),
      ...(options['before'] !== undefined && { before: numberOption(options, 'before') }),
      limit,
    });
    for (const event of items) out.line(eventLine(event));
    if (items.length === 0) out.line(noEvents(filter));
    else if (next !== null) out.line(`… and older ones: --before ${next}`);
    out.data({ events: items.map(eventShown), more: next !== null, next });
  },
});
