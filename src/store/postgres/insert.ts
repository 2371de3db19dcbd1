import { randomUUID } from 'node:crypto';
import { laneOf, stepOf, TWIN_WINDOW, type Incoming, type IncomingEvent, type Received, type Step } from '../store.ts';
import { mirrorInsert, mirrorRows, MIRROR_COLUMNS } from './mirror-row.ts';
import { markProofs } from './marks.ts';
import { inTransaction, persistently, rows, runOn, type Run, type Statement } from './query.ts';
import { storable } from './text.ts';
import type { Pool } from 'pg';

/** An event as it is sent: the same delivery twice in one batch is one row that counts two. */
interface Row extends Omit<IncomingEvent, 'payload' | 'receivedAt'> {
  payload: Uint8Array;
  step?: Step | undefined;
  mirrored?: boolean;
  lane: string;
  valid: true | null;
  deliveries: number;
  receivedAt: number;
  lastReceivedAt: number;
}

const COLUMNS = /* sql */ `
  n integer, account text, id text, type text, created bigint, livemode boolean, "apiVersion" text, object text,
  "objectId" text, lane text, valid boolean, proof text, deliveries integer, "receivedAt" bigint,
  "lastReceivedAt" bigint, at integer, size integer, step text, mirrored boolean`;

/** Stores deliveries: one statement, which is one round trip and one commit, unless there are repeats or unproven ones. */
export function inserting(pool: Pool, s: string, onProblem: (what: string, error: unknown) => void) {
  // The bodies are one binary parameter that the server cuts: an array of bytea would be sent as text, twice as long.
  // Keys and lanes are locked in one order by everyone, the lanes after the keys.
  // `(… IN …) IS TRUE` is looked up in a hash; as a join it would compare each row with each.
  // A leased lane is left alone, but its row is locked: giving the lease back waits, and looks at what came meanwhile.
  const incoming = /* sql */ `
      WITH incoming AS MATERIALIZED (
        SELECT nextval('${s}.events_seq') AS seq, e.* FROM jsonb_to_recordset($1::jsonb) AS e (${COLUMNS})
      )`;
  const into = /* sql */ `
        INSERT INTO ${s}.events (seq, account, id, type, created, livemode, api_version, object, object_id, lane, valid,
                                 proof, deliveries, received_at, last_received_at, state, ready_at, finished_at)
        SELECT i.seq, account, id, type, created, livemode, "apiVersion", object, "objectId", lane, valid, proof,
               deliveries, "receivedAt", "lastReceivedAt"`;
  const bodies = /* sql */ `
        INSERT INTO ${s}.payloads (seq, body)
        SELECT seq, substring($2::bytea FROM at + 1 FOR size) FROM incoming
        WHERE (seq IN (SELECT seq FROM stored)) IS TRUE`;
  const onKey = /* sql */ `
        ORDER BY id COLLATE "C", account COLLATE "C", n
        ON CONFLICT (id, account) WHERE valid DO NOTHING`;
  // One row for all of them: to find each one's place would be a join again.
  const answer = /* sql */ `SELECT (SELECT array_agg(seq ORDER BY n) FROM incoming) AS seqs`;
  const events: Statement = {
    name: 'paybell_insert',
    text: /* sql */ `${incoming}, stored AS (${into}, 'pending', "receivedAt", NULL FROM incoming i ${onKey}
        RETURNING seq, lane, ready_at
      ), bodies AS (${bodies}), due AS (
        INSERT INTO ${s}.lanes AS known (lane, due_at)
        SELECT lane, min(ready_at) FROM stored GROUP BY lane ORDER BY lane
        ON CONFLICT (lane) DO UPDATE SET due_at = least(known.due_at, excluded.due_at) WHERE known.owner IS NULL
      )
      ${answer}, (SELECT array_agg(seq) FROM stored) AS waiting, NULL AS finished, NULL AS taken`,
  };
  const shortcuts: Statement = {
    name: 'paybell_insert_shortcuts',
    text: /* sql */ `${incoming}, quiet AS MATERIALIZED (
        SELECT n FROM incoming i
        WHERE step IS NOT NULL
          -- With LIMIT, so that each is looked up in the index: as joins these would read every event there is.
          AND (SELECT 1 FROM ${s}.events e
               WHERE e.lane = i.lane AND e.created >= i.created - ${TWIN_WINDOW}
                 AND (e.created >= i.created OR e.type = i.type) LIMIT 1) IS NULL
          AND (SELECT 1 FROM ${s}.events e
               WHERE e.lane = i.lane AND e.state IN ('pending', 'processing', 'retrying') LIMIT 1) IS NULL
      ), shown AS (
        ${mirrorInsert(s)}
        SELECT ${MIRROR_COLUMNS.values} FROM jsonb_to_recordset($3::jsonb) AS c (n integer, ${MIRROR_COLUMNS.types})
        WHERE (n IN (SELECT n FROM quiet)) IS TRUE
        ORDER BY object, account, id
        ON CONFLICT (object, account, id) DO UPDATE SET ${MIRROR_COLUMNS.update}
        WHERE known.created < excluded.created AND NOT known.deleted
        RETURNING object, account, id
      ), ready AS MATERIALIZED (
        SELECT seq, step FROM incoming
        WHERE (n IN (SELECT n FROM quiet)) IS TRUE AND step <> 'wait'
          AND (mirrored IS NOT TRUE OR ((object, account, "objectId") IN (SELECT object, account, id FROM shown)) IS TRUE)
      ), stored AS (${into},
               CASE WHEN (i.seq IN (SELECT seq FROM ready WHERE step = 'finish')) IS TRUE THEN 'done'
                    WHEN (i.seq IN (SELECT seq FROM ready WHERE step = 'work')) IS TRUE THEN 'processing'
                    ELSE 'pending' END,
               CASE WHEN (i.seq IN (SELECT seq FROM ready WHERE step = 'finish')) IS TRUE THEN NULL
                    ELSE "receivedAt" END,
               CASE WHEN (i.seq IN (SELECT seq FROM ready WHERE step = 'finish')) IS TRUE THEN "receivedAt" END
        FROM incoming i ${onKey}
        RETURNING seq, lane, ready_at, state
      ), bodies AS (${bodies}), due AS (
        INSERT INTO ${s}.lanes AS known (lane, due_at, owner, lease)
        SELECT lane, CASE WHEN bool_or(state = 'processing') THEN $6::bigint ELSE min(ready_at) END,
               CASE WHEN bool_or(state = 'processing') THEN $4::text END,
               CASE WHEN bool_or(state = 'processing') THEN $5::bigint ELSE 0 END
        FROM stored WHERE state <> 'done' GROUP BY lane ORDER BY lane
        ON CONFLICT (lane) DO UPDATE SET due_at = least(known.due_at, excluded.due_at) WHERE known.owner IS NULL
        RETURNING lane, owner, lease
      ), settled AS MATERIALIZED (
        SELECT seq, state, state = 'processing'
               AND (lane IN (SELECT lane FROM due WHERE owner = $4 AND lease = $5)) IS TRUE AS taken
        FROM stored
      )
      ${answer},
        (SELECT array_agg(seq) FROM settled WHERE state <> 'done' AND NOT taken) AS waiting,
        (SELECT array_agg(seq) FROM settled WHERE state = 'done') AS finished,
        (SELECT array_agg(seq) FROM settled WHERE taken) AS taken`,
  };
  // Duplicates, also of what another process was committing at the same moment, are counted apart: they are rare.
  const again: Statement = {
    name: 'paybell_insert_again',
    text: /* sql */ `
      UPDATE ${s}.events e SET deliveries = e.deliveries + i.deliveries,
                               last_received_at = greatest(e.last_received_at, i."lastReceivedAt")
      FROM (SELECT * FROM jsonb_to_recordset($1::jsonb) AS i (${COLUMNS})
            ORDER BY id COLLATE "C", account COLLATE "C") AS i
      WHERE e.id = i.id AND e.account = i.account AND e.valid`,
  };
  // Not proven, so only the very same bytes are the same delivery: of anything else it is not known what it is.
  const same: Statement = {
    name: 'paybell_insert_same',
    text: /* sql */ `
      WITH known AS MATERIALIZED (
        SELECT i.n, i.deliveries, i."lastReceivedAt",
               (SELECT seq FROM (
                  SELECT 0 AS rank, seq FROM ${s}.events e
                  WHERE e.id = i.id AND e.account = i.account AND e.valid IS NOT TRUE AND e.valid IS NULL
                  UNION ALL
                  SELECT 1, seq FROM ${s}.events e WHERE e.id = i.id AND e.account = i.account AND e.valid
                ) AS candidate JOIN ${s}.payloads p USING (seq)
                WHERE p.body = substring($2::bytea FROM i.at + 1 FOR i.size)
                ORDER BY rank, seq LIMIT 1) AS seq
        FROM jsonb_to_recordset($1::jsonb) AS i (${COLUMNS})
      )
      UPDATE ${s}.events e SET deliveries = e.deliveries + known.deliveries,
                               last_received_at = greatest(e.last_received_at, known."lastReceivedAt")
      FROM (SELECT * FROM known ORDER BY seq) AS known WHERE e.seq = known.seq
      RETURNING known.n`,
  };
  const refusals: Statement = {
    name: 'paybell_refuse',
    text: /* sql */ `
      INSERT INTO ${s}.refused (reason, detail, signature, size, body, received_at)
      SELECT reason, detail, signature, size, substring($2::bytea FROM at + 1 FOR kept), "receivedAt"
      FROM jsonb_to_recordset($1::jsonb)
        AS r (reason text, detail text, signature text, size bigint, at integer, kept integer, "receivedAt" bigint)`,
  };
  const surplus: Statement = {
    name: 'paybell_refuse_surplus',
    text: /* sql */ `
      DELETE FROM ${s}.refused
      WHERE seq <= (SELECT seq FROM ${s}.refused ORDER BY seq DESC OFFSET $1 LIMIT 1)`,
  };

  const proofs = markProofs(s);

  async function store(run: Run, given: readonly Row[], lease: Incoming['lease']): Promise<Map<Row, Received>> {
    const { text, blob } = sent(given);
    const mirrors = mirrorRows(
      given.flatMap(({ shortcut, step, receivedAt: now }, n) =>
        step && shortcut?.mirror ? [{ write: shortcut.mirror, now, n }] : [],
      ),
    );
    const { owner, lease: number, until } = lease ?? { owner: null, lease: 0, until: 0 };
    const plain = given.every(({ step }) => step === undefined);
    const [answer] = plain
      ? await run<Stored>(events, [text, blob])
      : await run<Stored>(shortcuts, [text, blob, mirrors, owner, number, until]);
    const { seqs, waiting, finished, taken } = answer!;
    const rowOf = new Map(seqs.map((seq, n) => [seq, given[n]!]));
    const known = new Map<Row, Received>();
    for (const seq of waiting ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'claim' });
    for (const seq of finished ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'nothing' });
    for (const seq of taken ?? []) known.set(rowOf.get(seq)!, { inserted: 'stored', next: 'work', seq: Number(seq) });
    return known;
  }

  async function countAgain(run: Run, given: readonly Row[], stored: ReadonlyMap<Row, Received>): Promise<void> {
    const repeats = given.filter((row) => !stored.has(row));
    if (repeats.length > 0) await run(again, [sent(repeats).text]);
  }

  async function storeAll(run: Run, given: readonly Row[], lease: Incoming['lease']): Promise<Map<Row, Received>> {
    const unproven = given.filter(({ valid }) => valid === null);
    let rest = given;
    if (unproven.length > 0) {
      const { text, blob } = sent(unproven);
      const known = new Set((await run<{ n: number }>(same, [text, blob])).map(({ n }) => unproven[n]));
      rest = given.filter((row) => !known.has(row));
    }
    if (rest.length === 0) return new Map();
    const stored = await store(run, rest, lease);
    await countAgain(run, rest, stored);
    return stored;
  }

  async function refuse(run: Run, { refused, keepRefused }: Incoming): Promise<void> {
    const { places, blob } = joined(refused.map(({ body }) => body));
    const given = refused.map(({ reason, detail, signature, size, receivedAt }, n) => ({
      reason: storable(reason),
      detail: storable(detail),
      signature: storable(signature),
      size,
      receivedAt,
      at: places[n]!.at,
      kept: places[n]!.size,
    }));
    await run(refusals, [rows(given), blob]);
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
      const run = runOn(pool);
      const stored = await persistently(() => store(run, given, lease));
      // Whatever becomes of a count, the events are stored, and some may be leased to whoever is told so.
      await persistently(() => countAgain(run, given, stored)).catch((error: unknown) =>
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
type Stored = { seqs: string[]; waiting: string[] | null; finished: string[] | null; taken: string[] | null };

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

function sent(given: readonly Row[]): { text: string; blob: Buffer } {
  const { places, blob } = joined(given.map(({ payload }) => payload));
  return {
    text: rows(given.map((row, n) => ({ ...row, payload: undefined, shortcut: undefined, n, ...places[n] }))),
    blob,
  };
}

function joined(parts: readonly Uint8Array[]): { places: { at: number; size: number }[]; blob: Buffer } {
  let at = 0;
  const places = parts.map(({ length }) => {
    at += length;
    return { at: at - length, size: length };
  });
  return { places, blob: Buffer.concat(parts) };
}
