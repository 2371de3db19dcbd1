import type { ClaimedLane, IncomingEvent, IncomingRefusal, Inserted, ProofSeen, Received } from '../store/store.ts';
import { collected } from './group.ts';
import type { Settings } from './options.ts';
import { takenLane, type Candidate, type Hands } from './shortcut.ts';
import { overdue, type Timed } from './overdue.ts';
import { isRefusal } from './work/unwritable.ts';

/** What is to be stored of a delivery. */
export type Row = { event: IncomingEvent; candidate?: Candidate | undefined } | { refusal: IncomingRefusal };

/** Told what became of a row after its commit; `undefined`: it is not known to be stored, so Stripe must send it again. */
export type Kept = (inserted: Inserted | undefined) => void;

/** Stores what deliveries bring, many in one commit. */
export interface Keeper {
  /** `bytes` is how much memory the row's body takes while it waits. */
  keep(row: Row, bytes: number, done: Kept): void;
  /** Something came that this proved: has it written down, now and then, that it still does. */
  matched(proof: string): void;
  /** When something last came; undefined when nothing did yet. */
  readonly matchedAt: number | undefined;
  /** When a commit last had so many rows that the store can hardly keep up with what comes. */
  readonly crowdedAt: number;
}

/** A delivery from its arrival to its answer. */
interface Waiting extends Timed {
  row: Row;
  size: number;
  done: Kept;
}

/** Bodies waiting for a slow store: beyond this, deliveries are turned away, for memory is not a queue. */
const MAX_WAITING = 64 * 1_048_576;

/** What a delivery that waits takes besides its body: its socket, its answer, its place in the queue. */
const EACH = 4_096;

/** So many rows in a commit are a crowd. Commits of a crowd need not all have them: large and small ones may alternate. */
const CROWD = 16;

/** How often the store is told that a secret still matches, in milliseconds. */
const TELL_PROOF = 60_000;

/**
 * How many turns of the event loop deliveries wait for others where a commit stops everything else: their groups are
 * then half as large again. Where it does not, the next group comes together meanwhile, and waiting was measured to
 * leave the database idle.
 */
const TURNS = 4;

/** `stored` is called after a commit that brought new events that wait to be claimed. */
export function createKeeper<Tx>(settings: Settings<Tx>, stored: () => void, hands: Hands): Keeper {
  const { store, clock, keepRefused, answerWithin, onProblem } = settings;
  const told = new Map<string, number>();
  const slow = overdue<Waiting>(clock, (one) => {
    onProblem('a delivery could not be stored', new Error(`The store took longer than ${answerWithin} ms.`));
    end(one, undefined);
  });
  let proofs: ProofSeen[] = [];
  let waiting = 0;
  let crowdedAt = -Infinity;
  let matchedAt: number | undefined;

  const add = collected<Waiting>(
    async (group) => {
      let results: (Inserted | undefined)[] = [];
      try {
        results = await commit(group.map(({ row }) => row));
      } catch (error) {
        // Once for the commit: it is one cause, and whoever has a database that is down needs no thousand lines of it.
        const lost = group.filter(({ open }) => open).length;
        if (lost > 0)
          onProblem(lost === 1 ? 'a delivery could not be stored' : `${lost} deliveries could not be stored`, error);
      }
      for (const [index, one] of group.entries()) {
        waiting -= one.size;
        end(one, results[index]);
      }
    },
    store.blocks ? { turns: TURNS } : { ahead: true },
  );

  /** A response that cannot be written to is one sender's loss, never that of the others in its commit. */
  function end(one: Waiting, inserted: Inserted | undefined): void {
    if (!one.open) return;
    one.open = false;
    try {
      one.done(inserted);
    } catch (error) {
      onProblem('a delivery could not be answered', error);
    }
  }

  async function commit(rows: Row[]): Promise<(Inserted | undefined)[]> {
    if (rows.length >= CROWD) crowdedAt = clock.now();
    try {
      return await commitAll(rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return commitPlainly(rows.map((row) => ('event' in row ? { event: row.event } : row)));
    }
  }

  /**
   * What the store will never take: only events, which leaves their mirror rows to the worker, and if that is not it, each
   * by itself, so that nobody fails for another.
   */
  async function commitPlainly(rows: Row[]): Promise<(Inserted | undefined)[]> {
    try {
      return await commitAll(rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (rows.length > 1) return (await Promise.all(rows.map((row) => commitPlainly([row])))).flat();
      onProblem('a delivery could not be stored', error);
      return [undefined];
    }
  }

  async function commitAll(rows: Row[]): Promise<Inserted[]> {
    const turn = hands.turn();
    const arrived = rows.filter((row) => 'event' in row);
    const events = arrived.map(({ event, candidate }) =>
      candidate ? { ...event, shortcut: { mirror: candidate.mirror, step: turn?.step(event.type) } } : event,
    );
    const refusals = rows.flatMap((row) => ('refusal' in row ? [row.refusal] : []));
    const seen = proofs;
    proofs = [];
    const rest = { ...(seen.length > 0 && { proofs: seen }), ...(turn && { lease: turn.lease }) };
    let taken: ClaimedLane[] = [];
    let received: Received[];
    try {
      received = await store.receive({ events, refused: refusals, keepRefused, ...rest });
      taken = received.flatMap(({ seq }, index) =>
        seq === undefined ? [] : [takenLane(arrived[index]!.candidate!, seq, turn!.lease.lease)],
      );
    } finally {
      turn?.end(taken);
    }
    if (received.some(({ next }) => next === 'claim')) stored();
    const inserted = received.values();
    return rows.map((row) => ('event' in row ? inserted.next().value!.inserted : 'stored'));
  }

  return {
    get crowdedAt() {
      return crowdedAt;
    },
    get matchedAt() {
      return matchedAt;
    },
    keep(row, bytes, done) {
      const size = bytes + EACH;
      if (waiting + size > MAX_WAITING) return done(undefined);
      // Also counted when it is answered before: the body is there until its commit ends.
      waiting += size;
      const one = { row, size, done, open: true, until: clock.now() + answerWithin };
      slow.watch(one);
      add(one);
    },
    matched(proof) {
      const at = clock.now();
      matchedAt = at;
      if (at - (told.get(proof) ?? -Infinity) < TELL_PROOF) return;
      told.set(proof, at);
      proofs.push({ proof, at });
    },
  };
}
