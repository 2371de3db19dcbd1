import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { laneOf, stepOf, type Incoming, type IncomingEvent, type Received } from '../store.ts';
import { texts } from './arrays.ts';
import { BODIES, COPIES, EVENTS, insertStatements, REFUSED, REPEATS, type Row } from './insert-sql.ts';
import { inOrder, mirrorRow, MIRROR, type MirrorRow } from './mirror-row.ts';
import { noteProofs } from './proofs.ts';
import { Parameters, single } from './parameters.ts';
import { inTransaction, persistently, rows, type Run } from './query.ts';
import { sharing } from './sharing.ts';

/** Stores deliveries: one statement, which is one round trip and one commit, unless there are repeats or unproven ones. */
export function inserting(pool: Pool, s: string, onProblem: (what: string, error: unknown) => void) {
  const { events, shortcuts, unwanted, again, same, refusals, surplus } = insertStatements(s);
  const proofs = noteProofs(s);
  const shared = sharing(pool);

  async function store(run: Run, given: readonly Row[], lease: Incoming['lease']): Promise<Map<Row, Received>> {
    const { owner, lease: number, until } = lease ?? { owner: null, lease: 0, until: 0 };
    const parts = [EVENTS.part(given), BODIES.part(given)];
    const [answer] = given.every(({ step }) => step === undefined)
      ? await run<Stored>(events, new Parameters(...parts))
      : await run<Stored>(
          shortcuts,
          new Parameters(...parts, single(owner, number, until), MIRROR.part(mirrored(given))),
        );
    const { seqs, stored, finished, taken } = answer!;
    const rowOf = new Map(seqs.map((seq, n) => [seq, given[n]!]));
    const known = new Map<Row, Received>();
    for (const seq of stored ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'claim' });
    for (const seq of finished ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'nothing' });
    for (const seq of taken ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'work', seq: Number(seq) });
    return known;
  }

  async function countAgain(
    run: Run,
    given: readonly Row[],
    { stored, lease }: { stored: ReadonlyMap<Row, Received>; lease: Incoming['lease'] },
  ): Promise<void> {
    const repeats = given.filter((row) => !stored.has(row));
    if (repeats.length === 0) return;
    await run(again, REPEATS.values(repeats));
    const lanes = repeats.filter(({ step }) => step === 'work').map(({ lane }) => lane);
    if (lease && lanes.length > 0) await run(unwanted, [texts(lanes), lease.owner, lease.lease]);
  }

  async function storeAll(run: Run, given: readonly Row[], lease: Incoming['lease']): Promise<Map<Row, Received>> {
    const unproven = given.filter(({ valid }) => valid === null);
    let rest = given;
    if (unproven.length > 0) {
      const found = await run<{ n: number }>(same, COPIES.values(unproven));
      const known = new Set(found.map(({ n }) => unproven[n - 1]));
      rest = given.filter((row) => !known.has(row));
    }
    if (rest.length === 0) return new Map();
    const stored = await store(run, rest, lease);
    await countAgain(run, rest, { stored, lease });
    return stored;
  }

  async function refuse(run: Run, { refused, keepRefused }: Incoming): Promise<void> {
    await run(refusals, REFUSED.values(refused));
    await run(surplus, [keepRefused]);
  }

  return async function receive(incoming: Incoming): Promise<Received[]> {
    const { lease } = incoming;
    const { given, rowOf } = rowsOf(incoming.events, lease);
    const hasUnproven = given.some(({ valid }) => valid === null);
    const answer = (stored: ReadonlyMap<Row, Received>): Received[] => {
      const unanswered = new Map(stored);
      return rowOf.map((row) => {
        const received = unanswered.get(row);
        unanswered.delete(row);
        return received ?? { inserted: 'duplicate', next: 'nothing' };
      });
    };
    const seen = incoming.proofs ?? [];
    if (!hasUnproven && incoming.refused.length === 0 && seen.length === 0) {
      if (given.length === 0) return [];
      const stored = await persistently(() => store(shared, given, lease));
      // Whatever becomes of a count, the events are stored, and some may be leased to whoever is told so.
      await persistently(() => countAgain(shared, given, { stored, lease })).catch((error: unknown) =>
        onProblem('deliveries could not be counted', error),
      );
      return answer(stored);
    }
    return persistently(() =>
      inTransaction(pool, async (run) => {
        const stored = await storeAll(run, given, lease);
        if (incoming.refused.length > 0) await refuse(run, incoming);
        if (seen.length > 0) await run(proofs, [rows(seen)]);
        return { result: answer(stored) };
      }),
    );
  };
}

/** Sequence numbers: of all that was sent, in order, and of what was new. */
type Stored = Record<'stored' | 'finished' | 'taken', string[] | null> & { seqs: string[] };

/** One row for each event, and for each delivery the row it is counted in. */
function rowsOf(events: readonly IncomingEvent[], lease: Incoming['lease']): { given: Row[]; rowOf: Row[] } {
  const lanes = new Map<string, number>();
  const known = new Map<string, Row[]>();
  const given: Row[] = [];
  const rowOf = events.map((event) => {
    const key = `${event.account} ${event.id} ${event.proof !== null}`;
    const others = known.get(key) ?? [];
    let row = others.find(({ valid, payload }) => valid === true || Buffer.compare(payload, event.payload) === 0);
    if (row) {
      row.deliveries += 1;
      row.lastReceivedAt = Math.max(row.lastReceivedAt, event.receivedAt);
    } else {
      const valid = event.proof === null ? null : true;
      const lane = valid ? laneOf(event) : `unproven ${randomUUID()}`;
      row = { ...event, lane, valid, deliveries: 1, lastReceivedAt: event.receivedAt };
      lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      given.push(row);
      known.set(key, [...others, row]);
    }
    return row;
  });
  // Of two events of one object the second finds the object no longer quiet: a statement would not see that.
  for (const row of given)
    if (row.shortcut && row.valid && lanes.get(row.lane) === 1) {
      row.step = stepOf(row.shortcut, lease);
      row.mirrored = row.shortcut.mirror !== undefined;
    }
  return { given, rowOf };
}

/** The rows of the mirror that come with events. */
function mirrored(given: readonly Row[]): MirrorRow[] {
  return inOrder(
    given.flatMap(({ shortcut, step, receivedAt }, index) =>
      step && shortcut?.mirror ? [mirrorRow(shortcut.mirror, receivedAt, index + 1)] : [],
    ),
  );
}
