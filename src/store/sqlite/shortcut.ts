import type { DatabaseSync } from 'node:sqlite';
import { isOpen } from './open-state.ts';
import { stepOf, TWIN_WINDOW, type Incoming, type IncomingEvent, type Step } from '../store.ts';
import { mirroring } from './mirror-write.ts';

/** More neighbours than this, and the object's history is worth a look. */
const NEIGHBOURS = 8;

interface Neighbour {
  created: number;
  type: string;
  open: number;
}

/** Takes the shortcuts of events whose object is quiet, in the commit that stores them. */
export function shortcutting(db: DatabaseSync) {
  const newest = db.prepare(/* sql */ `
    SELECT created, type, ${isOpen()} AS open FROM events WHERE lane = ? ORDER BY created DESC LIMIT ${NEIGHBOURS}`);
  const unfinished = db.prepare(/* sql */ `
    SELECT 1 FROM events WHERE lane = ? AND ${isOpen()} LIMIT 1`);
  const leased = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, due_at, owner, lease) VALUES (?, ?, ?, ?) ON CONFLICT (lane) DO NOTHING`);
  const wait = db.prepare("UPDATE events SET state = 'pending', ready_at = ?, finished_at = NULL WHERE seq = ?");
  const { show } = mirroring(db);

  function isQuiet(lane: string, { type, created }: IncomingEvent): boolean {
    const others = newest.all(lane) as unknown as Neighbour[];
    const near = ({ created: at }: Neighbour) => at >= created - TWIN_WINDOW;
    if (others.some((other) => other.created >= created || (other.type === type && near(other)))) return false;
    // Nearly always these are all that there are, and one look is enough.
    if (others.length < NEIGHBOURS) return others.every(({ open }) => open === 0);
    return !near(others.at(-1)!) && unfinished.get(lane) === undefined;
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
