import type { ReplayFilter, ReplayReport, ReplayRun } from '../../receiver/index.ts';
import { EVENT_STATES, type EventState } from '../../store/store.ts';
import { API_OPTIONS } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { timeOption } from '../times.ts';

export const eventsReplay = defineCommand({
  name: 'events replay',
  about: 'Run your handlers again over stored events, here and now; what they did before is forgotten, not undone.',
  options: [
    STORE_OPTION,
    HANDLERS_OPTION,
    { flags: '--id <event>', about: 'this event; may be repeated', many: true },
    { flags: '--type <pattern>', about: 'only these: invoice.paid, invoice.*' },
    { flags: '--state <state>', about: `only those that are ${EVENT_STATES.join(', ')}` },
    { flags: '--since <time>', about: 'received since: a date, or how long ago (90m, 3d)' },
    { flags: '--until <time>', about: 'received before' },
    { flags: '--account <id>', about: 'only those of this connected account' },
    { flags: '--object <id>', about: 'only those about this object (ch_…)' },
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
  const state = options['state'] as EventState | undefined;
  if (state && !EVENT_STATES.includes(state)) throw new UsageError(`--state is one of ${EVENT_STATES.join(', ')}.`);
  const [ids, handlers] = [options['id'] as string[], options['handler'] as string[]];
  const now = Date.now();
  const since = timeOption('since', options['since'], now);
  const until = timeOption('until', options['until'], now);
  return {
    ...(ids.length > 0 && { id: ids }),
    ...(handlers.length > 0 && { handler: handlers }),
    ...(options['type'] !== undefined && { type: String(options['type']) }),
    ...(state && { state }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(options['account'] !== undefined && { account: String(options['account']) }),
    ...(options['object'] !== undefined && { objectId: String(options['object']) }),
  };
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
