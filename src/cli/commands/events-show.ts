import { defineCommand } from '../define.ts';
import { eventLine, eventShown } from '../event-text.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';

export const eventsShow = defineCommand({
  name: 'events show',
  about: 'Show one event: its payload, how it was verified, what became of it.',
  words: ['<id>'],
  options: [STORE_OPTION, { flags: '--account <id>', about: 'of this connected account' }],
  async run({ words, options, out }) {
    await using store = await openStore(options, { to: 'look' });
    const event = await store.getEvent(words[0]!, options['account'] as string | undefined);
    if (!event) {
      out.line(`There is no event ${words[0]} in this store.`);
      out.data(null);
      return 1;
    }
    const payload = JSON.parse(new TextDecoder().decode(event.verified ?? event.payload)) as unknown;
    out.line(eventLine(event));
    out.line(
      `  delivered ${event.deliveries} time${event.deliveries === 1 ? '' : 's'}, ${event.proof ?? 'not proven'}`,
    );
    if (event.reason) out.line(`  ${event.reason}`);
    for (const { handler, state, attempts, error } of event.handlers)
      out.line(
        `  handler ${handler}: ${state} after ${attempts} attempt${attempts === 1 ? '' : 's'}${error ? ` – ${error}` : ''}`,
      );
    out.line(JSON.stringify(payload, null, 2));
    out.data({ ...eventShown(event), payload });
    return 0;
  },
});
