import type { Pool } from 'pg';
import { runOn, type Statement } from './query.ts';

/** Named notes: in a table of their own, so that none of them is taken for the schema's version. */
export function notes(pool: Pool, s: string) {
  const run = runOn(pool);
  const read: Statement = {
    name: 'paybell_read_note',
    text: /* sql */ `SELECT value FROM ${s}.notes WHERE name = $1`,
  };
  const write: Statement = {
    name: 'paybell_write_note',
    text: /* sql */ `
      INSERT INTO ${s}.notes (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  };
  return {
    read: async (name: string): Promise<string | undefined> => (await run<{ value: string }>(read, [name]))[0]?.value,
    write: async (name: string, value: string): Promise<void> => void (await run(write, [name, value])),
  };
}
