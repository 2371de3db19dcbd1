import type { ReplayFilter, ReplayReport, ReplayRun } from '../../receiver/index.ts';
import { API_OPTIONS } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { EVENT_FILTER_OPTIONS, eventFilterOf } from '../event-filter.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';

export const eventsReplay = defineCommand({
  name: 'events replay',
  about: 'Run your handlers again over stored events, here and now; what they did before is forgotten, not undone.',
  options: [
    STORE_OPTION,
    HANDLERS_OPTION,
    ...EVENT_FILTER_OPTIONS,
    { flags: '--handler <name>', about: 'only this handler; may be repeated', many: true },
    { flags: '--all', about: 'every event there is' },
    { flags: '--dry-run', about: 'only show what would run' },
    ...API_OPTIONS,
  ],
  async run({ options, out }) {
    if (!options['handlers']) throw new UsageError('Say which handlers: --handlers FILE.');
    const filter = filterOf(options);
    if (Object.keys(filter).length === 0 && !options['all'])
      throw new UsageError('Say which events (--id, --type, --state, --since, …), or --all for every one.');
    const dryRun = options['dryRun'] === true;
    await using store = await openStore(options, { to: 'use' });
    await using receiver = await commandReceiver(options, store);
    const report = await receiver.replay(filter, { dryRun, onRuns: (runs) => runs.forEach((run) => print(out, run)) });
    summary(out, report);
    if (dryRun) {
      out.data(report);
      return 0;
    }
    await receiver.drain();
    const { counters } = await receiver.status();
    const { handled, threw, deferred } = counters;
    out.line(`${handled} ran, ${threw} failed${deferred ? `, ${deferred} deferred` : ''}.`);
    if (threw > 0)
      out.line('What failed is tried again by the process that works on this store: `paybell events show` says why.');
    out.data({ ...report, ran: { handled, failed: threw, deferred } });
    return threw > 0 || report.left.some(({ why }) => why === 'busy') ? 1 : 0;
  },
});

function filterOf(options: Invocation['options']): ReplayFilter {
  const { ids, ...filter } = eventFilterOf(options);
  const handlers = options['handler'] as string[];
  return { ...(ids && { id: ids }), ...(handlers.length > 0 && { handler: handlers }), ...filter };
}

const LEFT: Record<ReplayReport['left'][number]['why'], string> = {
  waiting: 'has not been worked on yet, so it runs anyway',
  busy: 'is being worked on just now: try again',
  pruned: 'has no payload any more',
  unknown: 'is gone',
  repeat: 'repeats another event',
};

function print(out: Output, { id, type, handler, redacted }: ReplayRun): void {
  out.line(`${id}  ${type}  →  ${handler}${redacted ? `  (masked: ${redacted.join(', ')})` : ''}`);
}

function summary(out: Output, { dryRun, events, runs, left }: ReplayReport): void {
  for (const { id, type, why } of left) out.line(`${id}  ${type}  left: ${LEFT[why]}`);
  const would = dryRun ? ' would run' : '';
  out.line(`${events} event${events === 1 ? '' : 's'}, ${runs} run${runs === 1 ? '' : 's'} of handlers${would}.`);
}
