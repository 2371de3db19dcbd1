import { random } from '../../base/ids.ts';
import { createReceiver } from '../../receiver/index.ts';
import { createSqliteStore } from '../../store/sqlite/index.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { defineCommand } from '../define.ts';
import { HANDLERS_OPTION, loadHandlers } from '../load-handlers.ts';
import { STORE_OPTION, storePath } from '../open-store.ts';
import { untilStopped } from '../until-stopped.ts';

export const worker = defineCommand({
  name: 'worker',
  about: 'Process stored events with your handlers, without receiving any.',
  options: [
    STORE_OPTION,
    HANDLERS_OPTION,
    ...API_OPTIONS,
    { flags: '--once', about: 'stop when nothing is due any more' },
  ],
  async run({ options, out }) {
    await using store = createSqliteStore({ path: storePath(String(options['store'])) });
    const stripe = await apiClient(options);
    await using receiver = createReceiver({
      store,
      // Nothing is ever delivered to a worker; a secret nobody knows makes sure of that.
      secrets: `whsec_${random().text(32)}`,
      ...(stripe && { stripe }),
    });
    await loadHandlers(receiver, options['handlers'] as string | undefined);
    const { handlers } = await receiver.status();
    out.line(`Working on ${String(options['store'])} with ${handlers.length} handlers`);
    for (const { name, pattern } of handlers) out.line(`  ${pattern}${name === pattern ? '' : `  (${name})`}`);
    if (options['once']) {
      await receiver.drain();
      const { store: counts } = await receiver.status();
      out.data({ handlers, events: counts.events });
      return;
    }
    out.data({ handlers });
    await receiver.start();
    await untilStopped();
  },
});
