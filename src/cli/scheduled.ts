import { reconcileEvery, type Receiver } from '../receiver/index.ts';
import type { Log } from './log.ts';

export type ScheduledReconcile = { every: number; livemode: boolean | undefined; log: Log };

/** Reconciles now and on a schedule, and logs what came of it: gaps and failures as warnings. */
export function scheduleReconcile(receiver: Receiver, { every, livemode, log }: ScheduledReconcile) {
  return reconcileEvery(receiver, {
    every,
    livemode,
    onReport({ new: found, accounts }) {
      log.info({ new: found, accounts: accounts.length }, 'reconciled');
      for (const { account, gap, error, skipped } of accounts)
        if (gap || error) log.warn({ account: account || null, gap, reason: error }, 'reconciliation is not complete');
        else if (skipped) log.debug({ account, skipped }, 'account skipped');
    },
    onProblem: (error) => log.error({ error: { name: (error as Error).name } }, 'reconciliation failed'),
  });
}
