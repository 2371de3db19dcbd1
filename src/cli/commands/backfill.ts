import { LISTABLE, USUAL } from '../../receiver/catch-up/listable.ts';
import { API_OPTIONS, keyMode, needApiClient } from '../api-client.ts';
import { backfillProgress } from '../backfill-progress.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, numberOption, UsageError } from '../define.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { stopSignal } from '../until-stopped.ts';

export const backfill = defineCommand({
  name: 'backfill',
  about: `Bring what is at Stripe already into the mirror, from its lists: ${USUAL.join(', ')} by default.`,
  words: ['[objects...]'],
  options: [
    STORE_OPTION,
    ...API_OPTIONS,
    { flags: '--account <id>', about: 'of this connected account' },
    { flags: '--rate <n>', about: 'requests a second', default: '10' },
    { flags: '--restart', about: 'from the beginning, although an earlier one was interrupted' },
  ],
  async run({ words, options, out }) {
    const objects = words.map(objectNamed);
    const perSecond = numberOption(options, 'rate');
    if (perSecond === 0) throw new UsageError('--rate is at least 1.');
    await needApiClient(options);
    await using store = await openStore(options, { to: 'make' });
    await using receiver = await commandReceiver({ ...options, handlers: undefined }, store);
    const progress = backfillProgress(out);
    const report = await receiver.backfill({
      ...(objects.length > 0 && { objects }),
      ...(options['account'] !== undefined && { account: String(options['account']) }),
      livemode: keyMode(options),
      perSecond,
      restart: options['restart'] === true,
      onProgress: progress.show,
      signal: stopSignal(),
    });
    progress.stop();
    // The same as what a worker does with it; there are no handlers for copies.
    out.line(
      report.complete
        ? 'Everything is stored; the process that works on this store mirrors it.'
        : 'Not complete: the same command goes on where it stopped.',
    );
    out.data(report);
    return report.complete ? 0 : 1;
  },
});

/** `customer` for `customer` and `customers`, `checkout.session` for `checkout/sessions`. */
function objectNamed(word: string): string {
  if (Object.hasOwn(LISTABLE, word)) return word;
  const found = Object.entries(LISTABLE).find(([, { path }]) => path === `/v1/${word}`);
  if (found) return found[0];
  throw new UsageError(`There is no list of '${word}'; there is of ${Object.keys(LISTABLE).join(', ')}.`);
}
