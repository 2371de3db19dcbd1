import type { Receiver } from '../../receiver/index.ts';
import { API_OPTIONS, apiKey } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand } from '../define.ts';
import { GRACE_OPTION, graceOf } from '../grace.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { KEEPING_OPTIONS } from '../keeping.ts';
import { logging, logStray, LOG_OPTION, openLog } from '../log.ts';
import { openStore, storeOf, storeShown, STORE_OPTION } from '../open-store.ts';
import { strayErrors } from '../stray-errors.ts';
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
    const strays = strayErrors(logStray(log));
    const { observe, onProblem } = logging(log);
    await using store = await openStore(options, { to: 'make', onProblem });
    const receiver = await commandReceiver(options, store, { observe, onProblem });
    const { handlers } = await receiver.status();
    const stopped = Promise.race([untilStopped(), strays]);
    out.line(`Working on ${storeShown(options)} with ${handlers.length} handlers`);
    for (const { name, pattern } of handlers) out.line(`  ${pattern}${name === pattern ? '' : `  (${name})`}`);
    if (options['once']) {
      let asked = false;
      let failed = 0;
      const closed = stopped.then((code) => {
        asked = true;
        failed = code ?? 0;
        return receiver.close({ grace });
      });
      await Promise.race([closed, workedOff(receiver, options['retention'] !== undefined)]).catch((error: unknown) => {
        if (!asked) throw error;
      });
      await receiver.close({ grace });
      const { events } = await store.counts();
      // What is cut off is still in hand, and what gave up is due at once.
      const isLeft = receiver.vitals().busy > 0 || ((await store.nextDue()) ?? Infinity) <= Date.now();
      const early = asked && isLeft;
      if (early) out.line('Stopped: what is left of what was due waits for the next run.');
      out.data({ handlers, events, stopped: early });
      endSoon();
      return early ? 1 : failed;
    }
    out.data({ handlers });
    log.info({ handlers: handlers.length }, 'started');
    await receiver.start();
    const code = await stopped;
    log.info('stopping');
    await receiver.close({ grace });
    log.info('stopped');
    endSoon();
    return code ?? 0;
  },
});

/** Does all that is due, housekeeping included. */
async function workedOff(receiver: Receiver, prunes: boolean): Promise<void> {
  await receiver.drain();
  if (prunes) await receiver.prune();
}
