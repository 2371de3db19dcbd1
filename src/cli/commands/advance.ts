import { parseSpan } from '../../emulator/index.ts';
import { advanceProgress } from '../advance-progress.ts';
import { CONTROL_OPTIONS, controlClient, type ControlClient } from '../control-client.ts';
import { defineCommand, UsageError, type Invocation } from '../define.ts';
import { secondsShown } from '../times.ts';

type Clock = { now: number; frozen: boolean; next_due: number | null };
type Moved = Clock & { events: Record<string, number> };

/** A day at least, and a hundredth of the way: often enough to see it move. */
const DAY = 86_400;
const STEPS = 100;

export const advance = defineCommand({
  name: 'advance',
  about: 'Move the time of a local Stripe: everything due on the way happens at its own moment.',
  words: ['[span...]'],
  options: [
    { flags: '--to <moment>', about: 'to a moment: 2027-01-31, 2027-01-31T10:00:00Z, or Unix seconds' },
    { flags: '--next', about: 'just to the next thing that is due' },
    ...CONTROL_OPTIONS,
  ],
  async run({ words, options, out }) {
    const call = controlClient(options);
    const ways = [words.length > 0, options['to'] !== undefined, options['next'] === true].filter(Boolean).length;
    if (ways !== 1) throw new UsageError('Say how far: a span (1mo, 3d, 1y 2mo), or --to, or --next.');
    const before = await call<Clock>('GET /clock');
    const events: Record<string, number> = {};
    const add = (moved: Moved) => {
      for (const [type, count] of Object.entries(moved.events)) events[type] = (events[type] ?? 0) + count;
      return moved.now;
    };
    const now = options['next']
      ? add(await call<Moved>('POST /clock', { advance: 'next' }))
      : await walk(call, before.now, targetOf(words, options, before.now), { out, add });
    const total = Object.values(events).reduce((sum, count) => sum + count, 0);
    out.line(`${secondsShown(before.now)} → ${secondsShown(now)} UTC  ${total} events`);
    for (const [type, count] of Object.entries(events)) out.line(`  ${String(count).padStart(6)}  ${type}`);
    const { next_due: next } = await call<Clock>('GET /clock');
    out.line(next === null ? 'Nothing more is due.' : `Next due: ${secondsShown(next)} UTC`);
    out.data({ from: before.now, to: now, events, next_due: next });
  },
});

type Walk = { out: Invocation['out']; add: (moved: Moved) => number };

/** Goes there in parts, so that a long way can be watched, and be stopped between two of them. */
async function walk(call: ControlClient, from: number, target: number, { out, add }: Walk): Promise<number> {
  const part = Math.max(DAY, Math.ceil((target - from) / STEPS));
  const progress = advanceProgress(out, from, target);
  let now = from;
  try {
    do {
      now = add(await call<Moved>('POST /clock', { to: Math.min(target, now + part) }));
      progress.show(now);
    } while (now < target);
  } finally {
    progress.stop();
  }
  return now;
}

function targetOf(words: string[], options: Invocation['options'], now: number): number {
  if (options['to'] === undefined)
    try {
      return parseSpan(words.join(' '), now);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  const text = String(options['to']);
  const at = /^\d{9,}$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000);
  if (!Number.isFinite(at))
    throw new UsageError(`--to takes a date (2027-01-31, 2027-01-31T10:00:00Z) or Unix seconds, not '${text}'.`);
  return at;
}
