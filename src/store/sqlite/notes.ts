import type { DatabaseSync } from 'node:sqlite';

/** Named notes, in the table `meta`. */
export function notes(db: DatabaseSync) {
  const read = db.prepare('SELECT value FROM meta WHERE name = ?');
  const write = db.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    read: (name: string): string | undefined => (read.get(name) as { value: string } | undefined)?.value,
    write: (name: string, value: string): void => void write.run(name, value),
  };
}
