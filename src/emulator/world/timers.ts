/** Something that becomes due: at a moment (Unix seconds), for one object, under a name its resource knows. */
export type Due = { at: number; account: string; object: string; id: string; timer: string };

/** Things to come by moment (Unix seconds), the earliest first and, within one second, the first told first. */
export type Timers<Entry extends { at: number } = Due> = {
  add(entry: Entry): void;
  next(): Entry | undefined;
  take(): Entry | undefined;
  /** All of them, in the order in which they will be taken. */
  list(): Entry[];
  clear(): void;
};

/** A binary heap. What is no longer true is not removed: whoever takes an entry looks whether it still holds. */
export function createTimers<Entry extends { at: number } = Due>(): Timers<Entry> {
  let told = 0;
  type Kept = { entry: Entry; order: number };
  let heap: Kept[] = [];
  const compare = (a: Kept, b: Kept) => a.entry.at - b.entry.at || a.order - b.order;
  const earlier = (a: number, b: number) => compare(heap[a]!, heap[b]!);
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);

  return {
    add(entry) {
      heap.push({ entry, order: told++ });
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (earlier(i, parent) >= 0) break;
        swap(i, parent);
        i = parent;
      }
    },
    next: () => heap[0]?.entry,
    take() {
      const first = heap[0]?.entry;
      const last = heap.pop();
      if (!first || heap.length === 0) return first;
      heap[0] = last!;
      for (let i = 0; ;) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && earlier(child, least) < 0) least = child;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
    list: () => heap.toSorted(compare).map(({ entry }) => entry),
    clear() {
      heap = [];
    },
  };
}
