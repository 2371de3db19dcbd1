import { TWIN_WINDOW, type IncomingEvent, type IncomingRefusal, type Step } from '../store.ts';
import { dueAgain } from './fence.ts';
import { bigint, boolean, bytes, columns, integer, text } from './arrays.ts';
import { MIRROR, MIRROR_COLUMNS, mirrorInsert } from './mirror-row.ts';
import type { Statement } from './query.ts';
import { storable } from './text.ts';

/** An event as it is sent: the same delivery twice in one batch is one row that counts two. */
export interface Row extends Omit<IncomingEvent, 'payload' | 'receivedAt'> {
  payload: Uint8Array;
  step?: Step | undefined;
  mirrored?: boolean;
  lane: string;
  valid: true | null;
  deliveries: number;
  receivedAt: number;
  lastReceivedAt: number;
}

export const EVENTS = columns<Row>({
  account: text((row) => row.account),
  id: text((row) => row.id),
  type: text((row) => row.type),
  created: bigint((row) => row.created),
  livemode: boolean((row) => row.livemode),
  apiVersion: text((row) => row.apiVersion),
  object: text((row) => row.object),
  objectId: text((row) => row.objectId),
  lane: text((row) => row.lane),
  valid: boolean((row) => row.valid),
  proof: text((row) => row.proof),
  deliveries: integer((row) => row.deliveries),
  receivedAt: bigint((row) => row.receivedAt),
  lastReceivedAt: bigint((row) => row.lastReceivedAt),
  step: text((row) => row.step),
  mirrored: boolean((row) => row.mirrored),
});

/** Apart from their events, so that they are not copied with them from step to step. */
export const BODIES = columns<Row>({ body: bytes((row) => row.payload) });

/** What a delivery of a known event changes of it. */
export const REPEATS = columns<Row>({
  account: text((row) => row.account),
  id: text((row) => row.id),
  deliveries: integer((row) => row.deliveries),
  lastReceivedAt: bigint((row) => row.lastReceivedAt),
});
export const COPIES = columns<Row>({
  account: text((row) => row.account),
  id: text((row) => row.id),
  deliveries: integer((row) => row.deliveries),
  lastReceivedAt: bigint((row) => row.lastReceivedAt),
  body: bytes((row) => row.payload),
});

export const REFUSED = columns<IncomingRefusal>({
  reason: text((row) => storable(row.reason)),
  detail: text((row) => storable(row.detail)),
  signature: text((row) => storable(row.signature)),
  size: bigint((row) => row.size),
  body: bytes((row) => row.body),
  receivedAt: bigint((row) => row.receivedAt),
});

/** What differs between storing events and storing them with what else their commit may do. */
interface Parts {
  /** Whether an object is quiet, as a column. */
  quiet: string;
  /** What is written before the events. */
  before: string;
  /** An event's state, when it is ready, and when it was finished. */
  state: string;
  answer: string;
}

/** The statements that store deliveries. */
export function insertStatements(s: string) {
  const all = (given: string): string => `(SELECT array_agg(seq) FROM ${given})`;
  // A row for all of them: to find each one's place would be a join. What is looked up with LIMIT is looked up in an
  // index, and `(… IN …) IS TRUE` in a hash: joins would read every event there is, and compare each row with each.
  const insert = (parts: Parts): string => /* sql */ `
      WITH incoming AS MATERIALIZED (
        SELECT nextval('${s}.events_seq') AS seq, e.*${parts.quiet} FROM ${EVENTS.from('e')}
      )${parts.before}, stored AS (
        INSERT INTO ${s}.events (seq, account, id, type, created, livemode, api_version, object, object_id, lane, valid,
                                 proof, deliveries, received_at, last_received_at, state, ready_at, finished_at)
        SELECT seq, account, id, type, created, livemode, "apiVersion", object, "objectId", lane, valid, proof,
               deliveries, "receivedAt", "lastReceivedAt", ${parts.state} FROM incoming
        ORDER BY id COLLATE "C", account COLLATE "C", n
        ON CONFLICT (id, account) WHERE valid DO NOTHING
        RETURNING seq, lane, ready_at, finished_at
      ), places AS (
        SELECT array_agg(seq ORDER BY n) AS seqs FROM incoming
      ), bodies AS (
        INSERT INTO ${s}.payloads (seq, body)
        SELECT seqs[n], body FROM places, ${BODIES.from('b', EVENTS.count + 1)}
        WHERE (seqs[n] IN (SELECT seq FROM stored)) IS TRUE
      ), due AS (
        INSERT INTO ${s}.lanes AS known (lane, due_at)
        SELECT lane, min(ready_at) FROM stored WHERE ready_at IS NOT NULL GROUP BY lane ORDER BY lane
        ${dueAgain}
      )
      SELECT (SELECT seqs FROM places) AS seqs, ${all('stored')} AS stored, ${parts.answer}`;

  // Keys and lanes are locked in one order by everyone, the lanes that somebody else may have after the keys.
  const events: Statement = {
    name: 'paybell_insert',
    text: insert({
      quiet: '',
      before: '',
      state: `'pending', "receivedAt", NULL`,
      answer: 'NULL AS finished, NULL AS taken',
    }),
  };

  const next = EVENTS.count + BODIES.count + 1;
  const [owner, lease, until] = [`$${next}::text`, `$${next + 1}::bigint`, `$${next + 2}::bigint`];
  const isIn = (what: string, given: string): string => `(${what} IN (SELECT ${what} FROM ${given})) IS TRUE`;
  const quiet = /* sql */ `,
               step IS NOT NULL
               AND (SELECT 1 FROM ${s}.events k
                    WHERE k.lane = e.lane AND k.created >= e.created - ${TWIN_WINDOW}
                      AND (k.created >= e.created OR k.type = e.type) LIMIT 1) IS NULL
               AND (SELECT 1 FROM ${s}.events k
                    WHERE k.lane = e.lane AND k.state IN ('pending', 'processing', 'retrying') LIMIT 1) IS NULL
               AND (SELECT 1 FROM ${s}.lanes l WHERE l.lane = e.lane) IS NULL AS quiet`;
  // Nobody waits for a lane that is to be taken: whoever has it works on its events.
  const before = /* sql */ `, shown AS (
        ${mirrorInsert(s)}
        SELECT ${MIRROR_COLUMNS.values} FROM ${MIRROR.from('c', next + 3)}
        WHERE (event IN (SELECT n FROM incoming WHERE quiet)) IS TRUE
        ON CONFLICT (object, account, id) DO UPDATE SET ${MIRROR_COLUMNS.update}
        WHERE known.created < excluded.created AND NOT known.deleted
        RETURNING object, account, id
      ), passed AS MATERIALIZED (
        SELECT seq, lane, step FROM incoming
        WHERE quiet AND (mirrored IS NOT TRUE
                         OR ((object, account, "objectId") IN (SELECT object, account, id FROM shown)) IS TRUE)
      ), taken AS (
        INSERT INTO ${s}.lanes (lane, due_at, owner, lease, taken)
        SELECT lane, ${until}, ${owner}, ${lease}, seq FROM passed WHERE step = 'work' ORDER BY lane
        ON CONFLICT (lane) DO NOTHING
        RETURNING taken AS seq
      )`;
  const finished = `step = 'finish' AND ${isIn('seq', 'passed')}`;
  const taken = `step = 'work' AND ${isIn('seq', 'taken')}`;
  const state = /* sql */ `
               CASE WHEN ${finished} OR ${taken} THEN 'done'
                    WHEN step = 'work' AND ${isIn('seq', 'passed')} THEN 'processing' ELSE 'pending' END,
               CASE WHEN (${finished} OR ${taken}) IS NOT TRUE THEN "receivedAt" END,
               CASE WHEN ${finished} THEN "receivedAt" END`;
  const shortcuts: Statement = {
    name: 'paybell_insert_shortcuts',
    text: insert({
      quiet,
      before,
      state,
      answer: /* sql */ `${all('stored WHERE finished_at IS NOT NULL')} AS finished,
        ${all(`stored WHERE ${isIn('seq', 'taken')}`)} AS taken`,
    }),
  };
  // Lanes taken for events that another process was storing at the same moment.
  const unwanted: Statement = {
    name: 'paybell_insert_unwanted',
    text: /* sql */ `
      UPDATE ${s}.lanes SET owner = NULL, taken = NULL, due_at = 0
      WHERE lane = ANY ($1::text[]) AND owner = $2 AND lease = $3`,
  };
  // Duplicates, also of what another process was committing at the same moment, are counted apart: they are rare.
  const again: Statement = {
    name: 'paybell_insert_again',
    text: /* sql */ `
      UPDATE ${s}.events e SET deliveries = e.deliveries + i.deliveries,
                               last_received_at = greatest(e.last_received_at, i."lastReceivedAt")
      FROM (SELECT * FROM ${REPEATS.from('i')} ORDER BY id COLLATE "C", account COLLATE "C") AS i
      WHERE e.id = i.id AND e.account = i.account AND e.valid AND e.id = ANY ($2::text[])`,
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
                ) AS candidate
                WHERE (SELECT body FROM ${s}.payloads p WHERE p.seq = candidate.seq) = i.body
                ORDER BY rank, seq LIMIT 1) AS seq
        FROM ${COPIES.from('i')}
      )
      UPDATE ${s}.events e SET deliveries = e.deliveries + known.deliveries,
                               last_received_at = greatest(e.last_received_at, known."lastReceivedAt")
      FROM (SELECT * FROM known ORDER BY seq) AS known
      WHERE e.seq = known.seq AND e.seq = ANY (ARRAY(SELECT seq FROM known))
      RETURNING known.n`,
  };
  const refusals: Statement = {
    name: 'paybell_refuse',
    text: /* sql */ `
      INSERT INTO ${s}.refused (reason, detail, signature, size, body, received_at)
      SELECT reason, detail, signature, size, body, "receivedAt" FROM ${REFUSED.from('r')}`,
  };
  const surplus: Statement = {
    name: 'paybell_refuse_surplus',
    text: /* sql */ `
      DELETE FROM ${s}.refused
      WHERE seq <= (SELECT seq FROM ${s}.refused ORDER BY seq DESC OFFSET $1 LIMIT 1)`,
  };

  return { events, shortcuts, unwanted, again, same, refusals, surplus };
}
