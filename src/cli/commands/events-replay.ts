import type { Observer, ReplayFilter, ReplayReport, ReplayRun } from '../../receiver/index.ts';
import { API_OPTIONS } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { EVENT_FILTER_OPTIONS, eventFilterOf } from '../event-filter.ts';
import { GRACE_OPTION, graceOf } from '../grace.ts';
import { REDACT_OPTION } from '../keeping.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { endSoon, untilStopped } from '../until-stopped.ts';

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
    REDACT_OPTION,
    GRACE_OPTION,
    ...API_OPTIONS,
  ],
  async run({ options, out }) {
    if (!options['handlers']) throw new UsageError('Say which handlers: --handlers FILE.');
    const filter = filterOf(options);
    if (Object.keys(filter).length === 0 && !options['all'])
      throw new UsageError('Say which events (--id, --type, --state, --since, …), or --all for every one.');
    const dryRun = options['dryRun'] === true;
    await using store = await openStore(options, { to: dryRun ? 'look' : 'use' });
    await using receiver = await commandReceiver(options, store, { observe: { handled: (run) => ended(out, run) } });
    if (!dryRun) void untilStopped().then(() => receiver.close({ grace: graceOf(options) }));
    const report = await receiver.replay(filter, {
      dryRun,
      ...(dryRun && { onRuns: (runs) => runs.forEach((run) => print(out, run)) }),
    });
    summary(out, report);
    out.data(report);
    if (report.stopped) endSoon();
    const { failed = 0, waiting = 0 } = report.ran ?? {};
    return failed > 0 || waiting > 0 || report.stopped || report.left.some(({ why }) => why === 'busy') ? 1 : 0;
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

type Ended = Parameters<Required<Observer>['handled']>[0];

const OUTCOMES: Record<Ended['outcome'], string> = {
  done: '',
  failed: '  failed: it is tried again by the process that works on this store',
  deferred: '  put off by the handler: the process that works on this store goes on with it',
  dead: '  failed, and is tried no more',
};

function ended(out: Output, { event, type, handler, outcome }: Ended): void {
  out.line(`${event}  ${type}  →  ${handler}${OUTCOMES[outcome]}`);
}

function summary(out: Output, { dryRun, events, runs, list, left, ran, stopped }: ReplayReport): void {
  for (const { id, type, why } of left) out.line(`${id}  ${type}  left: ${LEFT[why]}`);
  const would = dryRun ? ' would run' : '';
  out.line(`${events} event${events === 1 ? '' : 's'}, ${runs} run${runs === 1 ? '' : 's'} of handlers${would}.`);
  if (ran) {
    const { handled, failed, deferred, waiting } = ran;
    const more = [`${handled} ran`, `${failed} failed`];
    if (deferred > 0) more.push(`${deferred} put off`);
    if (waiting > 0) more.push(`${waiting} left to the process that works on this store`);
    out.line(`${more.join(', ')}.`);
    if (failed > 0) out.line('`paybell events show` says why.');
    const masked = new Set(list.flatMap(({ redacted }) => redacted ?? []));
    if (masked.size > 0) out.line(`Masked in what they were given: ${[...masked].join(', ')}.`);
  }
  if (stopped) out.line('Stopped: what had not begun is as it was.');
}
