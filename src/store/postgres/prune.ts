import type { Pool } from 'pg';
import type { Pruned, Pruning } from '../store.ts';
import { inTransaction, persistently, type Statement } from './query.ts';

/** Deletes what is old. */
export function pruning(pool: Pool, s: string) {
  const batch: Statement = {
    name: 'paybell_prune_batch',
    text: /* sql */ `
      SELECT seq, received_at AS "receivedAt" FROM ${s}.events WHERE seq > $1 ORDER BY seq LIMIT $2`,
  };
  // Locked, so that none of them is reopened meanwhile.
  const lock: Statement = {
    name: 'paybell_prune_lock',
    text: /* sql */ `
      SELECT seq FROM ${s}.events
      WHERE seq = ANY ($1::bigint[]) AND (state IN ('done', 'refused') OR $3 AND state = 'dead')
        AND coalesce(finished_at, (SELECT max(updated_at) FROM ${s}.handler_records r WHERE r.seq = events.seq), 0) < $2
      ORDER BY seq FOR UPDATE`,
  };
  // The events of the second that is shown are what a late one of that second is compared with, and a deletion is what
  // keeps older events from bringing the object back.
  const free: Statement = {
    name: 'paybell_prune_free',
    text: /* sql */ `
      SELECT e.seq, e.received_at AS "receivedAt" FROM ${s}.events e
      WHERE e.seq = ANY ($1::bigint[])
        AND (SELECT l.lane FROM ${s}.lanes l WHERE l.lane = e.lane) IS NULL
        AND (SELECT m.id FROM ${s}.mirror m WHERE m.object = e.object AND m.account = e.account AND m.id = e.object_id
             AND (m.created = e.created OR (m.deleted AND m.event_id = e.id))) IS NULL`,
  };
  const payloads: Statement = {
    name: 'paybell_prune_payloads',
    text: /* sql */ `
      WITH gone AS (DELETE FROM ${s}.payloads WHERE seq = ANY ($1::bigint[]) RETURNING seq), errors AS (
        UPDATE ${s}.handler_records SET error = NULL WHERE seq = ANY (ARRAY(SELECT seq FROM gone))
      )
      SELECT seq FROM gone`,
  };
  const events: Statement = {
    name: 'paybell_prune_events',
    text: /* sql */ `
      WITH records AS (DELETE FROM ${s}.handler_records WHERE seq = ANY ($1::bigint[]))
      DELETE FROM ${s}.events WHERE seq = ANY ($1::bigint[]) RETURNING seq`,
  };

  async function pruneOnce({ before, rowsBefore, dead, limit, after }: Pruning): Promise<Pruned> {
    return inTransaction(pool, async (run) => {
      const found = await run<Row>(batch, [after, limit]);
      // Rows are in the order of arrival: what follows is younger.
      const young = found.findIndex(({ receivedAt }) => receivedAt >= before);
      const old = (young < 0 ? found : found.slice(0, young)).map(({ seq }) => seq);
      const locked = (await run<Row>(lock, [old, before, dead])).map(({ seq }) => seq);
      const going = await run<Row>(free, [locked]);
      const bare = going.filter(({ receivedAt }) => receivedAt < rowsBefore);
      const pruned = await run(payloads, [going.map(({ seq }) => seq)]);
      const rows = await run(events, [bare.map(({ seq }) => seq)]);
      const next = young < 0 && found.length === limit ? found.at(-1)!.seq : null;
      return { result: { payloads: pruned.length, rows: rows.length, next } };
    });
  }
  return (given: Pruning): Promise<Pruned> => persistently(() => pruneOnce(given));
}

type Row = { seq: number; receivedAt: number };
