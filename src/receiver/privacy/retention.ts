import { checkValue, flag, group, maybe, such, type Checks } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import type { Pruned } from '../../store/store.ts';
import type { Settings } from '../options.ts';

/** How long what is finished is kept. */
export interface Retention {
  /** Payloads of finished events go after so many days. */
  days: number;
  /**
   * Rows without a payload go after so many: until then a resend is known to be a duplicate. Stripe sends events again
   * for up to 30 days, so it is 45 by default, or `days` when that is more.
   */
  rows?: number;
  /** Whether the dead letter goes too. It stays by default. */
  dead?: boolean;
}

const DAYS = such('a number of days above 0', (value) => typeof value === 'number' && value > 0);
export const RETENTION_OPTION = group({ days: DAYS, rows: maybe(DAYS), dead: maybe(flag) } satisfies Checks<Retention>);

/** What went. */
export interface PruneReport {
  payloads: number;
  rows: number;
}

const DAY = 86_400_000;
const ROWS = 45;
const BATCH = 500;
/** The first time after a start, and then, in milliseconds. */
const SOON = 60_000;
const AGAIN = 3_600_000;

/** The same retention; throws `bad_option` for one that cannot be meant. */
export function checkedRetention(retention: Retention): Retention {
  checkValue('retention', RETENTION_OPTION, retention);
  const { days, rows = days } = retention;
  if (rows >= days) return retention;
  throw new PaybellError('bad_option', 'retention.rows is below retention.days: rows are kept as long as payloads.');
}

/** Deletes what is older than the retention, batch by batch. */
export async function prune<Tx>(
  retention: Retention,
  { store, clock }: Pick<Settings<Tx>, 'store' | 'clock'>,
  going: () => boolean = () => true,
): Promise<PruneReport> {
  const { days, rows = Math.max(days, ROWS), dead = false } = checkedRetention(retention);
  const now = clock.now();
  const report: PruneReport = { payloads: 0, rows: 0 };
  let after: number | null = 0;
  while (after !== null && going()) {
    const age = { before: now - days * DAY, rowsBefore: now - rows * DAY };
    const pruned: Pruned = await store.prune({ ...age, dead, limit: BATCH, after });
    report.payloads += pruned.payloads;
    report.rows += pruned.rows;
    after = pruned.next;
    // Deliveries and work come in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return report;
}

/** Prunes now and then, from `start` to `stop`; does nothing without a retention. */
export function createHousekeeping<Tx>(settings: Settings<Tx>) {
  const { retention, clock, onProblem } = settings;
  let cancel: (() => void) | undefined;
  let stopped = false;
  const later = (wait: number): void => {
    cancel = clock.after(wait, async () => {
      try {
        await prune(retention!, settings, () => !stopped);
      } catch (error) {
        if (!stopped) onProblem('old events could not be pruned', error);
      }
      if (!stopped) later(AGAIN);
    });
  };
  return {
    start(): void {
      if (retention && !cancel && !stopped) later(SOON);
    },
    stop(): void {
      stopped = true;
      cancel?.();
    },
  };
}
