/** Where time comes from. Everything that needs time takes one, so that tests and the emulator can decide it. */
export interface Clock {
  /** The current time in milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `wake` once, `ms` milliseconds from now, unless the returned function is called first. */
  after(ms: number, wake: () => void): () => void;
}

/** Wall time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, Math.min(Math.max(0, ms), 0x7fffffff));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits so many milliseconds of the machine's time, and keeps the process alive meanwhile: somebody waits for the end. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same promise; the process stays alive until it is settled, though nothing may be under way but timers of `systemClock`. */
export async function keepAlive<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => {}, 0x7fffffff);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

/** Whole seconds since the Unix epoch, the unit of every Stripe timestamp. */
export const seconds = (clock: Clock): number => Math.floor(clock.now() / 1000);
