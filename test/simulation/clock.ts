/** Virtual time, in milliseconds. What is due at the same time happens in the order in which it was asked for. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): void;
  /** Lets time pass until nothing is left to happen, or until told. */
  run(until: () => boolean): void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A clock at 0, over a binary heap. */
export const virtualClock = (): Clock => {
  const heap: Due[] = [];
  let now = 0;
  let orders = 0;
  const push = (due: Due): void => {
    let i = heap.push(due) - 1;
    for (let up = (i - 1) >> 1; i > 0 && isBefore(due, heap[up]!); up = (i - 1) >> 1) {
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = due;
  };
  const pop = (): Due => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down++;
      if (!isBefore(heap[down]!, last)) break;
      heap[i] = heap[down]!;
      i = down;
    }
    heap[i] = last;
    return first;
  };
  return {
    now: () => now,
    after: (ms, run) => push({ at: now + Math.max(ms, 0), order: orders++, run }),
    run: (until) => {
      while (heap.length > 0 && !until()) {
        const { at, run } = pop();
        now = at;
        run();
      }
    },
  };
};
