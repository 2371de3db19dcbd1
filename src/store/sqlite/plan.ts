import type { DatabaseSync } from 'node:sqlite';
import { TWIN_WINDOW, type Incoming, type IncomingEvent } from '../store.ts';
import { mirroring } from './mirror-write.ts';

type Planned = 'finish' | 'work' | 'wait';

/** More neighbours than this, and the object's history is worth a look. */
const NEIGHBOURS = 8;

/** Carries out what is planned for events of quiet objects in the commit that stores them. */
export function planning(db: DatabaseSync) {
  const near = db.prepare(/* sql */ `
    SELECT created, type FROM events WHERE lane = ? AND created >= ? ORDER BY created DESC LIMIT ${NEIGHBOURS}`);
  const open = db.prepare(/* sql */ `
    SELECT 1 FROM events WHERE lane = ? AND state IN ('pending', 'processing', 'retrying') LIMIT 1`);
  const take = db.prepare(/* sql */ `
    INSERT INTO lanes (lane, due_at, owner, lease) VALUES (?, ?, ?, ?) ON CONFLICT (lane) DO NOTHING`);
  const wait = db.prepare("UPDATE events SET state = 'pending', ready_at = ?, finished_at = NULL WHERE seq = ?");
  const { show } = mirroring(db);

  function isQuiet(lane: string, { type, created }: IncomingEvent): boolean {
    const others = near.all(lane, created - TWIN_WINDOW) as { created: number; type: string }[];
    if (others.length === NEIGHBOURS) return false;
    if (others.some((other) => other.created >= created || other.type === type)) return false;
    return open.get(lane) === undefined;
  }

  return {
    /** What the plan of an event that is about to be stored comes to; undefined for none. */
    intended(event: IncomingEvent, lane: string, lease: Incoming['lease']): Planned | undefined {
      const { plan } = event;
      if (!plan || !isQuiet(lane, event)) return undefined;
      return plan.step === 'work' && !lease ? 'wait' : (plan.step ?? 'wait');
    },
    /** Does it, once the event is stored; false: the event waits for its turn like any other. */
    carryOut(
      planned: Planned,
      { plan, receivedAt }: IncomingEvent,
      { seq, lane, lease }: { seq: number; lane: string; lease: Incoming['lease'] },
    ): boolean {
      const shown = !plan!.mirror || show(plan!.mirror, receivedAt);
      if (planned === 'wait') return false;
      if (shown && planned === 'finish') return true;
      if (shown && take.run(lane, lease!.until, lease!.owner, lease!.lease).changes > 0) return true;
      wait.run(receivedAt, seq);
      return false;
    },
  };
}
