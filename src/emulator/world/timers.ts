/** Something that becomes due: at a moment (Unix seconds), for one object, under a name its resource knows. */
export type Due = { at: number; account: string; object: string; id: string; timer: string };

/** Moments to come, the earliest first and, within one second, the first told first. */
export type Timers = { add(due: Due): void; next(): Due | undefined; take(): Due | undefined; clear(): void };

/** A binary heap. What is no longer true is not removed: whoever takes an entry looks whether it still holds. */
export function createTimers(): Timers {
  let told = 0;
  let heap: (Due & { order: number })[] = [];
  const earlier = (a: number, b: number) => heap[a]!.at - heap[b]!.at || heap[a]!.order - heap[b]!.order;
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);

  return {
    add(due) {
      heap.push({ ...due, order: told++ });
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (earlier(i, parent) >= 0) break;
        swap(i, parent);
        i = parent;
      }
    },
    next: () => heap[0],
    take() {
      const first = heap[0];
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
    clear() {
      heap = [];
    },
  };
}
