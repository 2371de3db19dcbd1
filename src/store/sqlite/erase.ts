import type { DatabaseSync } from 'node:sqlite';
import type { Erased, Erasing } from '../store.ts';
import { BUSY } from './busy.ts';
import { refillSql } from './indexed.ts';

/** The parts of a database in which personal data stands, in the order in which they are gone through. */
const PARTS = ['events', 'objects', 'refused'] as const;

/** Masks what a text occurs in; to be called inside a transaction. */
export function erasing(db: DatabaseSync) {
  // A range of rows is read whole, for nothing but reading finds a text in a payload; the range is what bounds a batch.
  const events = db.prepare(/* sql */ `
    SELECT seq, body, verified FROM payloads
    WHERE seq > :from AND seq <= :to AND (instr(body, :bytes) > 0 OR instr(coalesce(verified, x''), :bytes) > 0)`);
  const objects = db.prepare(/* sql */ `
    SELECT key, json FROM mirror WHERE key > :from AND key <= :to AND instr(json, :text) > 0`);
  const refused = db.prepare(/* sql */ `
    UPDATE refused SET body = x'' WHERE seq > :from AND seq <= :to AND instr(body, :bytes) > 0`);
  const last = {
    events: db.prepare('SELECT max(seq) AS last FROM payloads'),
    objects: db.prepare('SELECT max(key) AS last FROM mirror'),
    refused: db.prepare('SELECT max(seq) AS last FROM refused'),
  };
  const setPayload = db.prepare('UPDATE payloads SET body = coalesce(?, body), verified = ? WHERE seq = ?');
  const setRedacted = db.prepare('UPDATE events SET redacted = ? WHERE seq = ?');
  const getRedacted = db.prepare('SELECT redacted FROM events WHERE seq = ?');
  const dropErrors = db.prepare('UPDATE handler_records SET error = NULL WHERE seq = ?');
  const setObject = db.prepare('UPDATE mirror SET json = ? WHERE key = ?');
  const refill = db.prepare(refillSql('WHERE key = ?'));

  function maskEvents(range: Range, mask: Erasing['mask']): number {
    let count = 0;
    for (const { seq, body, verified } of events.all(range.bytes) as unknown as PayloadRow[]) {
      dropErrors.run(seq);
      const masked = [body, verified].map((bytes) => bytes && mask(Buffer.from(bytes).toString('utf8')));
      const fields = masked.flatMap((one) => one?.fields ?? []);
      if (fields.length === 0) continue;
      const [first, second] = masked;
      setPayload.run(first ? Buffer.from(first.json) : null, second ? Buffer.from(second.json) : verified, seq);
      const { redacted } = getRedacted.get(seq) as { redacted: string | null };
      const known = redacted === null ? [] : (JSON.parse(redacted) as string[]);
      setRedacted.run(JSON.stringify([...new Set([...known, ...fields])]), seq);
      count += 1;
    }
    return count;
  }

  function maskObjects(range: Range, mask: Erasing['mask']): number {
    let count = 0;
    for (const { key, json } of objects.all(range.text) as { key: number; json: string }[]) {
      const masked = mask(json);
      if (!masked) continue;
      setObject.run(masked.json, key);
      refill.run(key);
      count += 1;
    }
    return count;
  }

  return function erase({ text, mask, limit, after }: Erasing): Erased {
    const [part = 'events', place = '0'] = after === '' ? [] : after.split(' ');
    const from = Number(place);
    const to = from + limit;
    const range = { bytes: { from, to, bytes: Buffer.from(text) }, text: { from, to, text } };
    const erased: Erased = { events: 0, objects: 0, refused: 0, next: `${part} ${to}` };
    if (part === 'events') erased.events = maskEvents(range, mask);
    else if (part === 'objects') erased.objects = maskObjects(range, mask);
    else erased.refused = Number(refused.run(range.bytes).changes);
    const at = PARTS.indexOf(part as (typeof PARTS)[number]);
    const { last: end } = last[PARTS[at]!].get() as { last: number | null };
    if (to >= (end ?? 0)) erased.next = at + 1 < PARTS.length ? `${PARTS[at + 1]} 0` : null;
    return erased;
  };
}

type Range = {
  bytes: { from: number; to: number; bytes: Buffer };
  text: { from: number; to: number; text: string };
};
type PayloadRow = { seq: number; body: Uint8Array; verified: Uint8Array | null };

/** Rewrites the file without what was deleted or overwritten; not inside a transaction. */
export const rewrite = (db: DatabaseSync): void => db.exec('VACUUM');

/**
 * Empties the log. Throws when another connection reads, for then what it reads is still in the log: as what may be tried
 * again, because the one that counts has soon done so.
 */
export function emptyLog(db: DatabaseSync): void {
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  if (busy === 0) return;
  const reason = 'The database could not be rewritten whole: another connection reads it. Try again.';
  throw Object.assign(new Error(reason), { errcode: BUSY });
}
