import type { Clock } from '../base/clock.ts';

/** Something that is waited for: no longer `open` once it has come. `until` is in milliseconds. */
export interface Timed {
  open: boolean;
  until: number;
}

/**
 * Tells of everything that is still open at its time. What is watched all waits equally long, so that one timer and a
 * queue are enough: a timer for each of thousands of deliveries a second costs more than their signatures.
 */
export function overdue<One extends Timed>(clock: Clock, late: (one: One) => void): { watch(one: One): void } {
  let queue: (One | undefined)[] = [];
  let ended = 0;
  let armed = false;

  function arm(): void {
    const next = queue[ended];
    if (armed || !next) return;
    armed = true;
    clock.after(next.until - clock.now(), () => {
      armed = false;
      pass();
      for (const now = clock.now(); ended < queue.length && queue[ended]!.until <= now; pass()) late(queue[ended]!);
      arm();
    });
  }

  /**
   * Goes past what has come, and lets go of it at once: a thousand answered deliveries that were held until the next
   * cut were measured to cost an eighth of the processor, for the young generation's collector copied them each time.
   */
  function pass(): void {
    for (; ended < queue.length && !queue[ended]!.open; ended += 1) queue[ended] = undefined;
    if (ended < 1_024 && ended < queue.length) return;
    queue = queue.slice(ended);
    ended = 0;
  }

  return {
    watch(one) {
      pass();
      queue.push(one);
      if (!armed) arm();
    },
  };
}
