import type { Pool } from 'pg';
import type { AccountMark } from '../store.ts';
import { runOn, type Statement } from './query.ts';

/** Writes marks of accounts; `$1` lists them, each account once. */
export const markAccounts = (s: string): Statement => ({
  name: 'paybell_mark_accounts',
  text: /* sql */ `
    INSERT INTO ${s}.accounts AS known (account, deauthorized, since, event_id)
    SELECT account, deauthorized, since, "eventId"
    FROM jsonb_to_recordset($1::jsonb) AS c (account text, deauthorized boolean, since bigint, "eventId" text)
    ORDER BY account COLLATE "C"
    ON CONFLICT (account) DO UPDATE SET
      deauthorized = excluded.deauthorized, since = excluded.since, event_id = excluded.event_id
    WHERE (excluded.since, NOT excluded.deauthorized) > (known.since, NOT known.deauthorized)`,
});

/** Of several marks of one account the one that counts: a statement writes a row once. */
export function strongest(marks: readonly AccountMark[]): AccountMark[] {
  const byAccount = Map.groupBy(marks, ({ account }) => account);
  const weaker = (a: AccountMark, b: AccountMark) =>
    a.since - b.since || Number(b.deauthorized) - Number(a.deauthorized);
  return [...byAccount.values()].map((all) => all.toSorted(weaker).at(-1)!);
}

/** Reads the marks of accounts. */
export function accountReads(pool: Pool, s: string) {
  const accounts: Statement = {
    name: 'paybell_accounts',
    text: /* sql */ `
      SELECT account, deauthorized, since, event_id AS "eventId" FROM ${s}.accounts
      WHERE account = $1 OR $1::text IS NULL ORDER BY account`,
  };
  return (account?: string) => runOn(pool)<AccountMark & Record<string, unknown>>(accounts, [account ?? null]);
}
