import { EVENT_STATES, type EventState } from '../../store/store.ts';
import { defineCommand, numberOption, UsageError } from '../define.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { eventLine, eventShown } from '../event-text.ts';

export const eventsList = defineCommand({
  name: 'events list',
  about: 'List received events, newest first.',
  options: [
    STORE_OPTION,
    { flags: '--type <pattern>', about: 'only these: invoice.paid, invoice.*' },
    { flags: '--state <state>', about: `only those that are ${EVENT_STATES.join(', ')}` },
    { flags: '--account <id>', about: 'only those of this connected account' },
    { flags: '--object <id>', about: 'only those about this object (ch_…)' },
    { flags: '--limit <n>', about: 'how many', default: '50' },
  ],
  async run({ options, out }) {
    const state = options['state'] as EventState | undefined;
    if (state && !EVENT_STATES.includes(state)) throw new UsageError(`--state is one of ${EVENT_STATES.join(', ')}.`);
    await using store = await openStore(options, { to: 'look' });
    const { items, next } = await store.listEvents({
      ...(options['type'] !== undefined && { type: String(options['type']) }),
      ...(state && { state }),
      ...(options['account'] !== undefined && { account: String(options['account']) }),
      ...(options['object'] !== undefined && { objectId: String(options['object']) }),
      limit: numberOption(options, 'limit'),
    });
    for (const event of items) out.line(eventLine(event));
    if (items.length === 0) out.line('No such events.');
    else if (next !== null) out.line('… and older ones: raise --limit.');
    out.data({ events: items.map(eventShown), more: next !== null });
  },
});
