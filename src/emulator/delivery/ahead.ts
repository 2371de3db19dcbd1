/** How far a moving clock may run ahead of deliveries that are under way: a commit for each moment costs most of all. */
const MOST = { seconds: 24 * 60 * 60, deliveries: 250 };

/** Whether a moving clock has to wait for the deliveries that are under way. Moments are Unix seconds of the world. */
export type Ahead = {
  /** Something was sent; `decisive` where what happens next may depend on its answer. */
  sent(at: number, decisive: boolean): void;
  /** Whether what is under way may still be so at a later moment. */
  mayWait(until: number): boolean;
  /** Nothing is under way any more. */
  answered(): void;
};

export function createAhead(): Ahead {
  let decided = false;
  let since: number | undefined;
  let count = 0;
  return {
    sent(at, decisive) {
      decided ||= decisive;
      since ??= at;
      count++;
    },
    mayWait: (until) => !decided && count < MOST.deliveries && until <= (since ?? until) + MOST.seconds,
    answered() {
      decided = false;
      since = undefined;
      count = 0;
    },
  };
}
