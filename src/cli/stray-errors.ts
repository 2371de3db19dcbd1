/** An error that reached nobody: its kind, and where; what it says may be anything, bodies included. */
export interface Stray {
  what: string;
  name: string;
  at?: string;
  /** Whether the process stops because of it. */
  fatal: boolean;
}

/**
 * Errors of a handler's that reach nobody. A rejected promise harms nothing else and is only told of: to end the process
 * would cut off the other handlers, and do so again at each start. An error thrown in a timer or in an event ends it, in
 * an orderly manner: resolves with the exit code then.
 */
export function strayErrors(tell: (stray: Stray) => void): Promise<number> {
  process.on('unhandledRejection', (reason) => tell({ ...shown(reason), what: REJECTED, fatal: false }));
  return new Promise((failed) =>
    process.on('uncaughtException', (error) => {
      tell({ ...shown(error), what: THROWN, fatal: true });
      failed(1);
    }),
  );
}

const REJECTED = 'a promise was rejected and nobody waited for it: a handler must await, or return, what it begins';
const THROWN = 'an error that nobody caught, in a timer or an event of a handler: stopping';

function shown(error: unknown): { name: string; at?: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  const at = /^\s+at .*?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')?.[1];
  return { name: error.name, ...(at && { at: at.replace('file://', '') }) };
}
