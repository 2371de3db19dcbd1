/**
 * Collects what is asked for and hands it to `commit` all at once: many deliveries, one commit. A group is complete after
 * a turn of the event loop, or, where more `turns` may be waited for, when one of them brought nothing more. No timer:
 * waiting for one was measured to be slower at every load. What comes while a commit runs waits for the next. `commit`
 * never rejects.
 */
export function collected<Item>(commit: (items: Item[]) => Promise<void>, turns = 0): (item: Item) => void {
  let waiting: Item[] = [];
  let busy = false;

  function collect(known: number, left: number): void {
    if (waiting.length > known && left > 0) setImmediate(collect, waiting.length, left - 1);
    else void flush();
  }

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    await commit(group);
    if (waiting.length > 0) setImmediate(collect, 0, turns);
    else busy = false;
  }

  return (item) => {
    waiting.push(item);
    if (busy) return;
    busy = true;
    setImmediate(collect, 0, turns);
  };
}

/** The same with a promise for each result. When `commit` throws, everyone in the group gets the error. */
export function grouped<Item, Result>(commit: (items: Item[]) => Promise<Result[]>): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const add = collected<Waiting>(async (group) => {
    try {
      const results = await commit(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  });
  return (item) => new Promise((resolve, reject) => add({ item, resolve, reject }));
}
