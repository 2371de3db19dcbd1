import { withoutKeys } from '../base/keys.ts';
import { pino, type Logger } from 'pino';
import type { Observer } from '../receiver/index.ts';
import type { Stray } from './stray-errors.ts';
import { UsageError, type Invocation, type OptionSpec } from './define.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = (typeof LEVELS)[number];

export const LOG_OPTION: OptionSpec = {
  flags: '--log <level>',
  about: `what is logged to stderr, one JSON value a line: ${LEVELS.join(', ')}`,
  default: 'info',
};

export type Log = Logger;

/** The log of a command that stays. `secrets` are texts that must never be in it, whatever an error says. */
export function openLog(options: Invocation['options'], secrets: readonly (string | undefined)[]): Log {
  const level = (options['log'] ?? 'info') as Level;
  if (!LEVELS.includes(level)) throw new UsageError(`--log is one of ${LEVELS.join(', ')}.`);
  return makeLog(level, secrets, pino.destination({ dest: 2, sync: true }));
}

/** A log to somewhere else. */
export function makeLog(
  level: Level,
  secrets: readonly (string | undefined)[],
  to: { write(line: string): void },
): Log {
  const scrub = scrubber(secrets.filter((secret) => secret !== undefined && secret.length > 3) as string[]);
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: HIDDEN.flatMap((name) => [name, `*.${name}`]), censor: '…' },
      // The last thing that happens to a line, so that no way of logging gets around it.
      hooks: { streamWrite: scrub },
    },
    to,
  );
}

/** Fields that are never shown, wherever they came from. */
const HIDDEN = ['secret', 'secrets', 'apiKey', 'key', 'authorization', 'headers', 'body', 'payload', 'url', 'password'];

/** Takes keys, webhook secrets, addresses beyond their host, and the given texts out of a line. */
export function scrubber(secrets: readonly string[]): (line: string) => string {
  return (line) => {
    let clean = line;
    for (const secret of secrets) clean = clean.replaceAll(secret, '…');
    return withoutKeys(clean).replaceAll(
      /\b([a-z][a-z\d+.-]*):\/\/(?:[^\s"'\\/@]*@)?([^\s"'\\/?#]*)[^\s"'\\)]*/gi,
      '$1://$2/…',
    );
  };
}

/** Tells of errors that reached nobody. */
export const logStray =
  (log: Log) =>
  ({ what, fatal, ...error }: Stray): void =>
    log[fatal ? 'fatal' : 'error']({ error }, what);

/** What a receiver is given so that its log has a line for each thing that matters. */
export function logging(log: Log): { observe: Required<Observer>; onProblem: (what: string, error: unknown) => void } {
  return {
    observe: {
      delivered({ outcome, reason, milliseconds }) {
        if (outcome === 'refused') log.warn({ outcome, reason, ms: milliseconds }, 'delivery refused');
        else if (outcome === 'failed') log.error({ outcome, ms: milliseconds }, 'delivery not stored');
        else log.debug({ outcome, ms: milliseconds }, 'delivery');
      },
      handled({ outcome, milliseconds, ...what }) {
        const line = { ...what, account: what.account || null, outcome, ms: milliseconds };
        // What was thrown may say anything, bodies included: it is in the store, for `paybell events show`.
        if (outcome === 'failed' || outcome === 'dead') log.error(line, 'handler failed');
        else log.debug(line, outcome === 'done' ? 'handled' : 'handler deferred');
      },
    },
    onProblem: (what, error) => log.error({ error: errorShown(error) }, what),
  };
}

/** An error's kind and the beginning of what it says; no stack, no rows of a database. */
function errorShown(error: unknown): { name: string; code?: string; message: string } {
  const {
    name = 'Error',
    code,
    message = String(error),
  } = error as { name?: string; code?: unknown; message?: string };
  return { name, ...(typeof code === 'string' && { code }), message: message.split('\n')[0]!.slice(0, 300) };
}
