const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * What comes from a terminal this close together, in milliseconds, is one request: Ctrl-C reaches every process there,
 * so a command that was started by another Node, which hands signals on, gets it twice.
 */
const ONE_REQUEST = 500;

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
  let asked: number | undefined;
  const asks = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (asked === undefined) {
      asked = now;
      stop();
    } else if (signal === 'SIGTERM' || now - asked > ONE_REQUEST) process.exit(1);
  };
  for (const signal of SIGNALS) process.on(signal, asks);
  stops = true;
}

/** Whether what this process does can be stopped half-way, in an orderly manner. */
let stops = false;

/**
 * What is printed may find no reader (`| head`). A command that only prints ends then; one that works goes on, for what
 * it does is not its output.
 */
export function endWhenUnread(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!stops) process.exit(0);
  });
}

/**
 * Ends the process, well, a second from now if something still keeps it alive: a handler that outlived the grace period.
 * Whatever was acknowledged or settled is committed by then.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(process.exitCode ?? 0), 1_000).unref();
}
