import type { Log } from './log.ts';

/**
 * Errors of a handler's that reach nobody. A rejected promise harms nothing else and is only told of: to end the process
 * would cut off the other handlers, and do so again at each start. An error thrown in a timer or in an event ends it, in
 * an orderly manner: resolves with the exit code then.
 */
export function strayErrors(log: Log): Promise<number> {
  process.on('unhandledRejection', (reason) =>
    log.error(
      { error: shown(reason) },
      'a promise was rejected and nobody waited for it: a handler must await, or return, what it begins',
    ),
  );
  return new Promise((failed) =>
    process.on('uncaughtException', (error) => {
      log.fatal({ error: shown(error) }, 'an error that nobody caught, in a timer or an event of a handler: stopping');
      failed(1);
    }),
  );
}

/** What kind of error, and where: what it says may be anything, bodies included. */
function shown(error: unknown): { name: string; at?: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  const at = /^\s+at .*?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')?.[1];
  return { name: error.name, ...(at && { at: at.replace('file://', '') }) };
}
