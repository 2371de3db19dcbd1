import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import { stepOf, TWIN_WINDOW, type Incoming, type IncomingEvent, type Step } from '../store.ts';
import { mirroring } from './mirror-write.ts';

/** More neighbours than this, and the object's history is worth a look. */
const NEIGHBOURS = 8;

/** Takes the shortcuts of events whose object is quiet, in the commit that stores them. */
export function shortcutting(db: DatabaseSync) {
  const near = db.prepare(/* sql */ `
    SELECT created, type FROM events WHERE lane = ? AND created >= ? ORDER BY created DESC LIMIT ${NEIGHBOURS}`);
  const unfinished = db.prepare(/* sql */ `
    SELECT 1 FROM events WHERE lane = ? AND ${isOpen()} LIMIT 1`);
  const leased = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, due_at, owner, lease) VALUES (?, ?, ?, ?) ON CONFLICT (lane) DO NOTHING`);
  const wait = db.prepare("UPDATE events SET state = 'pending', ready_at = ?, finished_at = NULL WHERE seq = ?");
  const { show } = mirroring(db);

  function isQuiet(lane: string, { type, created }: IncomingEvent): boolean {
    const others = near.all(lane, created - TWIN_WINDOW) as { created: number; type: string }[];
    if (others.length === NEIGHBOURS) return false;
    if (others.some((other) => other.created >= created || other.type === type)) return false;
    return unfinished.get(lane) === undefined;
  }

  return {
    /** The shortcut that is open to an event about to be stored; undefined for none. */
    open(event: IncomingEvent, lane: string, lease: Incoming['lease']): Step | undefined {
      const { shortcut } = event;
      if (!shortcut || !isQuiet(lane, event)) return undefined;
      return stepOf(shortcut, lease);
    },
    /** Does it, once the event is stored; false: the event waits for its turn like any other. */
    take(
      step: Step,
      { shortcut, receivedAt }: IncomingEvent,
      { seq, lane, lease }: { seq: number; lane: string; lease: Incoming['lease'] },
    ): boolean {
      const shown = !shortcut!.mirror || show(shortcut!.mirror, receivedAt);
      if (step === 'wait') return false;
      if (shown && step === 'finish') return true;
      if (shown && leased.run(lane, lease!.until, lease!.owner, lease!.lease).changes > 0) return true;
      wait.run(receivedAt, seq);
      return false;
    },
  };
}
