import type { OpenWorld } from '../../src/emulator/index.ts';

/** Everything a world knows and ever told, as text: equal texts mean that nothing changed. */
export function dump({ world, queue }: Pick<OpenWorld, 'world' | 'queue'>): string {
  const tables = Array.from(world.tables.all(), ({ account, object, table }) => ({
    account,
    object,
    rows: [...table.rows()],
  })).filter(({ rows }) => rows.length > 0);
  return JSON.stringify({ tables, log: world.log.all, next: world.nextDue() ?? null, sent: queue.log });
}

/** The error a call of the SDK was refused with. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('the call was not refused');
}

/** What the SDK's errors have in common; `raw` is the body. */
export type Refusal = Error & {
  type: string;
  code?: string;
  param?: string;
  decline_code?: string;
  statusCode: number;
  requestId?: string;
  headers: Record<string, string>;
  raw: Record<string, unknown>;
  payment_intent?: Record<string, unknown>;
  charge?: string;
};
