import type { Client, Pool } from 'pg';
import type { Erased, Erasing } from '../store.ts';
import { documentOf } from './document.ts';
import { inTransaction, persistently, type Run, type Statement } from './query.ts';

/** The parts of a schema in which personal data stands, in the order in which they are gone through. */
const PARTS = ['events', 'objects', 'refused'] as const;
type Part = (typeof PARTS)[number];

/** Masks what a text occurs in. */
export function erasing(pool: Pool, s: string) {
  const events: Statement = {
    name: 'paybell_erase_events',
    text: /* sql */ `
      SELECT seq, CASE WHEN found THEN body END AS body, CASE WHEN found THEN verified END AS verified, found
      FROM (
        SELECT seq, body, verified,
               position($3::bytea IN body) > 0 OR coalesce(position($3::bytea IN verified) > 0, false) AS found
        FROM ${s}.payloads WHERE seq > $1 ORDER BY seq LIMIT $2 FOR UPDATE
      ) AS looked`,
  };
  const setPayload: Statement = {
    name: 'paybell_erase_payload',
    text: /* sql */ `UPDATE ${s}.payloads SET body = coalesce($2, body), verified = coalesce($3, verified) WHERE seq = $1`,
  };
  const setRedacted: Statement = {
    name: 'paybell_erase_redacted',
    text: /* sql */ `
      UPDATE ${s}.events SET redacted = coalesce(redacted, '[]') ||
        (SELECT coalesce(jsonb_agg(field), '[]') FROM jsonb_array_elements($2::jsonb) AS field
         WHERE NOT coalesce(redacted, '[]') @> field)
      WHERE seq = $1`,
  };
  const dropErrors: Statement = {
    name: 'paybell_erase_errors',
    text: /* sql */ `UPDATE ${s}.handler_records SET error = NULL WHERE seq = $1`,
  };
  const objects: Statement = {
    name: 'paybell_erase_objects',
    text: /* sql */ `
      SELECT object, account, id, coalesce(exact, doc::text) AS json FROM ${s}.mirror
      WHERE (object, account, id) > ($1, $2, $3) ORDER BY object, account, id LIMIT $4 FOR UPDATE`,
  };
  const setObject: Statement = {
    name: 'paybell_erase_object',
    text: /* sql */ `
      UPDATE ${s}.mirror SET doc = $4, exact = $5 WHERE object = $1 AND account = $2 AND id = $3`,
  };
  const refused: Statement = {
    name: 'paybell_erase_refused',
    text: /* sql */ `
      WITH looked AS (SELECT seq, body FROM ${s}.refused WHERE seq > $1 ORDER BY seq LIMIT $2), erased AS (
        UPDATE ${s}.refused SET body = ''
        WHERE seq = ANY (ARRAY(SELECT seq FROM looked WHERE position($3::bytea IN body) > 0)) RETURNING seq
      )
      SELECT max(seq) AS last, count(*) AS looked, (SELECT count(*) FROM erased) AS erased FROM looked`,
  };

  /** What one step has masked, and the place after it; null at the end of the part. */
  type Step = { count: number; place: unknown };

  async function maskEvents(run: Run, { text, mask, limit }: Erasing, after: unknown): Promise<Step> {
    const looked = await run<PayloadRow>(events, [after ?? 0, limit, Buffer.from(text)]);
    let count = 0;
    for (const { seq, body, verified, found } of looked) {
      if (!found) continue;
      await run(dropErrors, [seq]);
      const masked = [body, verified].map((bytes) => bytes && mask(Buffer.from(bytes).toString('utf8')));
      const fields = [...new Set(masked.flatMap((one) => one?.fields ?? []))];
      if (fields.length === 0) continue;
      await run(setPayload, [seq, ...masked.map((one) => (one ? Buffer.from(one.json) : null))]);
      await run(setRedacted, [seq, JSON.stringify(fields)]);
      count += 1;
    }
    return { count, place: looked.length === limit ? looked.at(-1)!.seq : null };
  }

  async function maskObjects(run: Run, { text, mask, limit }: Erasing, after: unknown): Promise<Step> {
    const [object, account, id] = (after ?? ['', '', '']) as string[];
    const looked = await run<ObjectRow>(objects, [object, account, id, limit]);
    let count = 0;
    for (const row of looked) {
      // jsonb is printed with spaces, which the text need not have.
      const json = JSON.stringify(JSON.parse(row.json));
      const masked = json.includes(text) ? mask(json) : undefined;
      if (!masked) continue;
      const { doc, exact } = documentOf(masked.json);
      await run(setObject, [row.object, row.account, row.id, doc, exact]);
      count += 1;
    }
    const last = looked.at(-1);
    return { count, place: looked.length === limit ? [last!.object, last!.account, last!.id] : null };
  }

  async function dropRefused(run: Run, { text, limit }: Erasing, after: unknown): Promise<Step> {
    const [row] = await run<{ last: number; looked: number; erased: number }>(refused, [
      after ?? 0,
      limit,
      Buffer.from(text),
    ]);
    return { count: row!.erased, place: row!.looked === limit ? row!.last : null };
  }

  const steps: Record<Part, typeof maskEvents> = { events: maskEvents, objects: maskObjects, refused: dropRefused };

  async function eraseOnce(given: Erasing): Promise<Erased> {
    const [part, after] = (given.after === '' ? ['events', null] : JSON.parse(given.after)) as [Part, unknown];
    const { count, place } = await inTransaction(pool, async (run) => ({
      result: await steps[part](run, given, after),
    }));
    const following = place === null ? PARTS[PARTS.indexOf(part) + 1] : part;
    const next = following === undefined ? null : JSON.stringify([following, place]);
    return { events: 0, objects: 0, refused: 0, [part]: count, next };
  }
  return (given: Erasing): Promise<Erased> => persistently(() => eraseOnce(given));
}

type PayloadRow = { seq: number; body: Uint8Array | null; verified: Uint8Array | null; found: boolean };
type ObjectRow = { object: string; account: string; id: string; json: string };

/**
 * Writes the tables anew without what was deleted or overwritten. The log of the server keeps it until its segments
 * are used again, and a backup for as long as there is one.
 */
export async function compact(client: Client, s: string): Promise<void> {
  for (const table of ['payloads', 'mirror', 'handler_records', 'refused', 'events', 'lanes'])
    await client.query(`VACUUM (FULL, ANALYZE) ${s}.${table}`);
  // Not everyone may ask for a checkpoint; without one the old files go a few minutes later.
  await client.query('CHECKPOINT').catch(() => {});
}
