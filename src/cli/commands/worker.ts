import { API_OPTIONS, apiKey } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand } from '../define.ts';
import { GRACE_OPTION, graceOf } from '../grace.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { KEEPING_OPTIONS, keepingOf } from '../keeping.ts';
import { logging, LOG_OPTION, openLog } from '../log.ts';
import { openStore, storeOf, storeShown, STORE_OPTION } from '../open-store.ts';
import { endSoon, untilStopped } from '../until-stopped.ts';

export const worker = defineCommand({
  name: 'worker',
  about: 'Process stored events with your handlers, without receiving any.',
  options: [
    STORE_OPTION,
    HANDLERS_OPTION,
    ...KEEPING_OPTIONS,
    ...API_OPTIONS,
    { flags: '--once', about: 'stop when nothing is due any more' },
    GRACE_OPTION,
    LOG_OPTION,
  ],
  async run({ options, out }) {
    const grace = graceOf(options);
    const log = openLog(options, [apiKey(options), storeOf(options)]);
    const { observe, onProblem } = logging(log);
    await using store = await openStore(options, { to: 'make', onProblem });
    const receiver = await commandReceiver(options, store, { ...keepingOf(options), observe, onProblem });
    const { handlers } = await receiver.status();
    out.line(`Working on ${storeShown(options)} with ${handlers.length} handlers`);
    for (const { name, pattern } of handlers) out.line(`  ${pattern}${name === pattern ? '' : `  (${name})`}`);
    if (options['once']) {
      await receiver.drain();
      const { store: counts } = await receiver.status();
      await receiver.close({ grace });
      out.data({ handlers, events: counts.events });
      return;
    }
    out.data({ handlers });
    log.info({ handlers: handlers.length }, 'started');
    await receiver.start();
    await untilStopped();
    log.info('stopping');
    await receiver.close({ grace });
    log.info('stopped');
    endSoon();
  },
});
