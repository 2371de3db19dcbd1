/**
 * What the statements of an effect become inside a transaction that is not theirs to end: `BEGIN` … `COMMIT` are a
 * savepoint, which is what lets Drizzle's and Kysely's `transaction()` work in it; `COMMIT` and `ROLLBACK` without a
 * `BEGIN` are refused.
 */
export class NestedSql {
  #depth = 0;
  #closed = false;

  /** Throws for what would end the transaction, and for everything once it is closed. */
  translated(sql: string): string {
    if (this.#closed) throw new Error('ctx.tx: the transaction has ended; do not keep its client.');
    if (!MAY_CONTROL.test(sql)) return sql;
    const statements = statementsOf(sql);
    const controls = statements.map(controlOf);
    if (controls.every((control) => control === undefined)) return sql;
    if (statements.length > 1)
      throw new Error(
        'ctx.tx: BEGIN, COMMIT and ROLLBACK among other statements are not followed; run each by itself.',
      );
    if (controls[0] === 'begin') return `SAVEPOINT paybell_${(this.#depth += 1)}`;
    const word = statements[0]!.trim().split(/\W/, 1)[0]!.toUpperCase();
    if (this.#depth === 0)
      throw new Error(`ctx.tx: ${word} is not for the handler to say; it is committed with its mark.`);
    const savepoint = `paybell_${this.#depth}`;
    this.#depth -= 1;
    return controls[0] === 'commit'
      ? `RELEASE SAVEPOINT ${savepoint}`
      : `ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`;
  }

  /** Takes the transaction away from whoever still holds it. */
  close(): void {
    this.#closed = true;
  }
}

const MAY_CONTROL = /\b(?:begin|start|commit|end|rollback|abort)\b/i;
/** Texts, names, comments and bodies of functions, whatever stands in them. */
const OPAQUE = /\be'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\//gi;

function statementsOf(sql: string): string[] {
  const bare = sql.replace(OPAQUE, ' ');
  // The body of a trigger in SQLite has statements of its own, and an END.
  const flat = bare.replace(/\bcreate\s+(?:temp\w*\s+)?trigger\b[^]*?\bbegin\b[^]*?;\s*end\b/gi, ' create trigger ');
  return flat.split(';').filter((statement) => statement.trim() !== '');
}

/** A rollback to a savepoint of the user's own ends nothing. */
function controlOf(statement: string): 'begin' | 'commit' | 'rollback' | undefined {
  const words = statement.trim();
  if (/^(?:begin|start\s+transaction)\b/i.test(words)) return 'begin';
  if (/^(?:commit|end)\b/i.test(words)) return 'commit';
  return /^(?:abort|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i.test(words) ? 'rollback' : undefined;
}
