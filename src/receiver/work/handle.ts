import type { JsonObject } from '../../base/json.ts';
import type { ClaimedLane, ClaimedRecord, EventChange } from '../../store/store.ts';
import type { Registered } from '../handlers.ts';
import { attempt, failure, type Outcome } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Item } from './item.ts';
import { joining } from './joining.ts';
import { eventChange, isFinished, ran, replayed, unrun, worked } from './records.ts';
import { maskDone } from './redact.ts';
import type { Place, Sequence } from './sequence.ts';
import type { Tools } from './tools.ts';

/** A lane whose handlers are to run. */
export interface Work<Tx> {
  lane: ClaimedLane;
  sequence: Sequence;
  draft: Draft<Tx>;
  tools: Tools<Tx>;
  current: () => JsonObject | undefined;
}

type Decision = 'run' | 'hold' | 'later';
type Progress = Pick<ClaimedRecord, 'state' | 'attempts' | 'failures' | 'nextAt'>;

/** Runs what is due of each event in order, leaving the last changes in the draft; the events that are done now. */
export async function handleEvents<Tx>(work: Work<Tx>): Promise<ReadonlySet<number>> {
  const { sequence, draft, tools } = work;
  const { settings, registry } = tools;
  const stuck = stuckHandlers(work);
  const finished = new Set<number>();
  let started = false;

  for (const item of sequence.items) {
    if (tools.closing()) break;
    const records = new Map<string, Progress>();
    for (const record of item.event.records) records.set(record.handler, record);
    const part = tools.part?.handlers.get(item.event.seq);
    // What was no repeat when it came is none now, although two changes may look alike since they were masked.
    const repeats = part ? undefined : sequence.repeats(item);
    for (const handler of registry.of(item.event.type)) {
      const before = records.get(handler.name);
      if (part && !part.has(handler.name)) {
        if (!before || !isFinished(before) || holdsWhenDead(handler, before)) hold(handler.name, item.event);
        continue;
      }
      if (before && isFinished(before)) {
        if (holdsWhenDead(handler, before)) hold(handler.name, item.event);
        continue;
      }
      const decision = repeats !== undefined && !handler.repeats ? 'skip' : decide(item, handler, before);
      if (decision === 'run') {
        if (!started) begin();
        started = true;
        if (draft.dirty) await draft.commit();
        records.set(handler.name, await run(work, item, handler, before));
      } else if (decision !== 'later') {
        const record = unrun(item, handler.name, decision === 'skip' ? 'skipped' : 'pending', settings.clock.now());
        if (before?.state !== record.state) draft.record(record);
        records.set(handler.name, record);
      }
      const after = records.get(handler.name)!;
      if (!isFinished(after) || holdsWhenDead(handler, after)) hold(handler.name, item.event);
      else if (before) draft.wake();
    }
    const now = settings.clock.now();
    const change = part
      ? leftOpen(item, eventChange(item, records, replayed(part), now), now)
      : eventChange(item, records, worked(registry), now);
    draft.event(repeats === undefined ? change : { ...change, twinOf: repeats });
    if (change.state === 'done') finished.add(item.event.seq);
    maskDone(item, change, draft, settings.redact);
  }

  return finished;

  /** Before the first handler starts: whoever looks now sees the mirror, and these events as being worked on. */
  function begin(): void {
    for (const { event } of sequence.items)
      if (event.state === 'pending')
        draft.event({ seq: event.seq, state: 'processing', readyAt: settings.clock.now() });
  }

  function decide(item: Item, handler: Registered<Tx>, before: Progress | undefined): Decision {
    const place = stuck.get(handler.name);
    if (place && sequence.before(place, item.event)) return 'hold';
    if (before?.state === 'retrying' && (before.nextAt ?? 0) > settings.clock.now()) return 'later';
    return 'run';
  }

  function hold(handler: string, place: Place): void {
    const known = stuck.get(handler);
    if (!known || sequence.before(place, known)) stuck.set(handler, place);
  }
}

/** An event that was not finished before a replay is not finished by it: it may lack handlers that are not known here. */
function leftOpen({ event }: Item, change: EventChange, now: number): EventChange {
  const wasFinished = event.state === 'done' || event.state === 'dead';
  if (wasFinished || (change.state !== 'done' && change.state !== 'dead')) return change;
  return { ...change, state: 'processing', readyAt: now };
}

const holdsWhenDead = <Tx>({ onDead }: Registered<Tx>, { state }: Pick<Progress, 'state'>): boolean =>
  state === 'dead' && onDead === 'hold';

/** Handler → the earliest event of this object it has not got past. */
function stuckHandlers<Tx>({ lane, sequence, tools }: Work<Tx>): Map<string, Place> {
  const stuck = new Map<string, Place>();
  if (lane.waiting.length === 0) return stuck;
  const holding = new Set(tools.registry.all.filter(({ onDead }) => onDead === 'hold').map(({ name }) => name));
  for (const { handler, seq, created, state } of lane.waiting) {
    if (state === 'dead' && !holding.has(handler)) continue;
    const known = stuck.get(handler);
    if (!known || sequence.before({ seq, created }, known)) stuck.set(handler, { seq, created });
  }
  return stuck;
}

/** One run, from its context to its record in the draft. */
async function run<Tx>(
  { sequence, draft, tools, current }: Work<Tx>,
  item: Item,
  handler: Registered<Tx>,
  before: Progress | undefined,
): Promise<Progress> {
  const { settings, counts, signal } = tools;
  const late = sequence.late(item, handler.name);
  counts.attempts += 1;
  const began = settings.clock.now();
  const joined = joining(settings.store, signal);
  const surroundings = { joining: joined, attempt: (before?.attempts ?? 0) + 1, late, current, signal };
  let outcome: Outcome = await attempt(item, handler, surroundings);
  const now = settings.clock.now();
  let record = ran(item, handler, before, outcome, { late, now, settings });

  if (outcome.kind === 'done' && joined.used) {
    try {
      draft.record(record);
      await draft.commit({ effects: joined.effects, settle: joined.settle?.bind(joined) });
    } catch (error) {
      // Losing the lease is no error of the handler's.
      if (typeof error === 'symbol') throw error;
      outcome = failure(error, joined);
      record = ran(item, handler, before, outcome, { late, now, settings });
      draft.record(record);
    }
  } else draft.record(record);

  counts[outcome.kind === 'done' ? 'handled' : outcome.kind === 'failed' ? 'threw' : 'deferred'] += 1;
  if (record.state === 'dead') counts.dead += 1;
  settings.observe?.handled?.({
    account: item.event.account,
    event: item.event.id,
    type: item.event.type,
    handler: handler.name,
    attempt: surroundings.attempt,
    outcome: record.state === 'dead' ? 'dead' : outcome.kind,
    milliseconds: settings.clock.now() - began,
  });
  return record;
}
