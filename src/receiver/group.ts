import { systemClock } from '../base/clock.ts';

/**
 * Collects what is asked for and hands it to `commit` all at once: many deliveries, one commit. A group is complete after
 * a turn of the event loop, or, where more `turns` may be waited for, when one of them brought nothing more. No timer:
 * where someone waits for the answer, waiting for one was measured to be slower at every load. Where nobody does, `pause`
 * may say how many milliseconds a group takes to come together. What comes while a commit runs waits for the next, which
 * begins when that one ends, or, where it may be `ahead`, once as many wait as are in it. `commit` never rejects.
 */
export function collected<Item>(
  commit: (items: Item[]) => Promise<void>,
  { turns = 0, pause = () => 0, ahead = false }: Gathering = {},
): (item: Item) => void {
  let waiting: Item[] = [];
  let coming = false;
  /** How many items each commit has that runs. */
  const running: number[] = [];

  function beginIfDue(): void {
    if (coming || waiting.length === 0) return;
    const [size] = running;
    if (size !== undefined && !(ahead && running.length === 1 && waiting.length >= size)) return;
    coming = true;
    const wait = pause();
    // Time of the machine: a receiver's own may stand still, and go on only when all is done.
    if (wait > 0) systemClock.after(wait, () => void flush());
    else setImmediate(collect, 0, turns);
  }

  function collect(known: number, left: number): void {
    if (waiting.length > known && left > 0) setImmediate(collect, waiting.length, left - 1);
    else void flush();
  }

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    coming = false;
    running.push(group.length);
    await commit(group);
    // Whichever of two ends first: what counts is the one that is left.
    running.splice(running.indexOf(group.length), 1);
    beginIfDue();
  }

  return (item) => {
    waiting.push(item);
    beginIfDue();
  };
}

/** How groups come together. */
export interface Gathering {
  turns?: number;
  pause?: () => number;
  /**
   * Whether a second commit may be under way, for a store that has it at hand when it is done with the first. Groups are
   * as large then as without: when as many wait as are being stored, those are all that there are.
   */
  ahead?: boolean;
}

/** The same with a promise for each result. When `commit` throws, everyone in the group gets the error. */
export function grouped<Item, Result>(
  commit: (items: Item[]) => Promise<Result[]>,
  gathering?: Gathering,
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const add = collected<Waiting>(async (group) => {
    try {
      const results = await commit(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }, gathering);
  return (item) => new Promise((resolve, reject) => add({ item, resolve, reject }));
}
