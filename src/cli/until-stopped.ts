const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when the process is asked to stop: Ctrl-C, or a polite signal. A second one ends it at once. */
export function untilStopped(): Promise<void> {
  return new Promise((stopped) => onceThenExit(stopped));
}

/** A signal that is aborted when the process is asked to stop, for work that can end half-way. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  onceThenExit(() => controller.abort());
  return controller.signal;
}

function onceThenExit(stop: () => void): void {
  let asked = false;
  const asks = () => {
    if (asked) process.exit(1);
    asked = true;
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, asks);
}

/**
 * Ends the process, well, a second from now if something still keeps it alive: a handler that outlived the grace period.
 * Whatever was acknowledged or settled is committed by then.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(0), 1_000).unref();
}
