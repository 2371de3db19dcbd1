import type { Observer, ReplayFilter, ReplayReport, ReplayRun } from '../../receiver/index.ts';
import { API_OPTIONS } from '../api-client.ts';
import { commandReceiver } from '../command-receiver.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { EVENT_FILTER_OPTIONS, eventFilterOf, noEvents } from '../event-filter.ts';
import { GRACE_OPTION, graceOf } from '../grace.ts';
import { REDACT_OPTION } from '../keeping.ts';
import { HANDLERS_OPTION } from '../load-handlers.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';
import { strayErrors } from '../stray-errors.ts';
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
    const grace = graceOf(options);
    const strays = strayErrors(({ what, name, at }) =>
      console.error(`paybell: ${what}: ${name}${at ? `, ${at}` : ''}`),
    );
    await using store = await openStore(options, { to: dryRun ? 'look' : 'use' });
    await using receiver = await commandReceiver(options, store, { observe: { handled: (run) => ended(out, run) } });
    let asked = false;
    let stray = 0;
    const stop = async (code: number | void) => {
      asked = true;
      stray = code ?? 0;
      await receiver.close({ grace });
    };
    if (!dryRun) void Promise.race([untilStopped(), strays]).then(stop);
    const report = await receiver.replay(filter, {
      dryRun,
      ...(dryRun && { onRuns: (runs) => runs.forEach((run) => print(out, run)) }),
    });
    await receiver.close({ grace });
    if (report.events + report.left.length === 0 && !report.stopped) out.line(noEvents(filter));
    else summary(out, report);
    out.data(report);
    if (asked) endSoon();
    const { failed = 0, handedOver = 0 } = report.ran ?? {};
    return failed > 0 || handedOver > 0 || report.stopped || report.leftBy.busy ? 1 : stray;
  },
});

function filterOf(options: Invocation['options']): ReplayFilter {
  const { ids, ...filter } = eventFilterOf(options);
  const handlers = options['handler'] as string[];
  return { ...(ids && { id: ids }), ...(handlers.length > 0 && { handler: handlers }), ...filter };
}

const LEFT: Record<keyof ReplayReport['leftBy'], string> = {
  waiting: 'has not been worked on yet, so it runs anyway',
  busy: 'is being worked on just now: try again',
  changed: 'has been worked on meanwhile: look again',
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

function summary(out: Output, { dryRun, events, runs, list, left, leftBy, ran, stopped }: ReplayReport): void {
  for (const { id, type, why } of left) out.line(`${id}  ${type}  left: ${LEFT[why]}`);
  const more = Object.values(leftBy).reduce((sum, count) => sum + count, 0) - left.length;
  if (more > 0) out.line(`… and ${more} more that are left`);
  const would = dryRun ? ' would run' : '';
  out.line(`${events} event${events === 1 ? '' : 's'}, ${runs} run${runs === 1 ? '' : 's'} of handlers${would}.`);
  if (ran) {
    const { handled, failed, deferred, handedOver } = ran;
    const parts = [`${handled} ran`, `${failed} failed`];
    if (deferred > 0) parts.push(`${deferred} put off`);
    if (handedOver > 0) parts.push(`${handedOver} left to the process that works on this store`);
    out.line(`${parts.join(', ')}.`);
    if (failed > 0) out.line('`paybell events show` says why.');
    const masked = new Set(list.flatMap(({ redacted }) => redacted ?? []));
    if (masked.size > 0) out.line(`Masked in what they were given: ${[...masked].join(', ')}.`);
  }
  if (stopped) out.line('Stopped: what had not begun is as it was.');
}
