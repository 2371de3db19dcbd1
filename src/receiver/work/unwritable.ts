import type { LaneResult } from '../../store/store.ts';

/** SQLite's codes for a value that is too big, that breaks a constraint, or that is of the wrong type. */
const SQLITE = new Set([18, 19, 20, 25]);
/** PostgreSQL's classes for data, constraints and limits. */
const POSTGRES = ['22', '23', '54'];

/** Whether a store refused what it was given, and not because of the state it is in: the same will never be written. */
export function isRefusal(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return SQLITE.has(errcode & 0xff);
  return typeof code === 'string' && POSTGRES.some((group) => code.length === 5 && code.startsWith(group));
}

/**
 * What is written of a result that the store refuses, from most of it to least: without its mirror row and with the
 * reason, then its events as dead letters, so that the others of their object go on.
 */
export function reduced<Tx>(result: LaneResult<Tx>, error: unknown): LaneResult<Tx>[] {
  const reason = `unwritable: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1_000);
  const told = { ...result, events: result.events.map((change) => ({ ...change, reason })), mirror: undefined };
  const events = result.events.map(({ seq }) => ({ seq, state: 'dead' as const, readyAt: null, reason }));
  const bare = { ...told, events, records: [], accounts: [], payloads: [], effects: [] };
  return result.mirror ? [told, bare] : [bare];
}
