/** Resolves when the process is asked to stop: Ctrl-C, or a polite signal. A second one ends it at once. */
export function untilStopped(): Promise<void> {
  return new Promise((stopped) => {
    // Something has to keep the process alive when only unreferenced timers are left.
    const alive = setInterval(() => {}, 0x7fffffff);
    let asked = false;
    const stop = () => {
      if (asked) process.exit(1);
      asked = true;
      clearInterval(alive);
      stopped();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}
