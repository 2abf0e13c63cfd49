/** Things that wait for their time; of those with the same time, the one that came first goes first. */
export interface TimeQueue<Item> {
  readonly length: number;
  /** The earliest time; Infinity when nothing waits. */
  readonly time: number;
  push(time: number, item: Item): void;
  /** Takes out the item with the earliest time. */
  pop(): Item | undefined;
}

/** What waits: plain data. */
export interface TimeQueueState<Item> {
  readonly heap: Entry<Item>[];
  /** How many were ever pushed. */
  pushed: number;
}

export interface Entry<Item> {
  readonly time: number;
  readonly order: number;
  readonly item: Item;
}

const before = (a: Entry<unknown>, b: Entry<unknown>): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);

/** A binary heap (Williams, 1964): `push` and `pop` take O(log n). */
export const timeQueue = <Item>(state: TimeQueueState<Item> = { heap: [], pushed: 0 }): TimeQueue<Item> => {
  const { heap } = state;
  const rise = (entry: Entry<Item>): void => {
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (before(heap[parent]!, entry)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  };
  const sink = (entry: Entry<Item>): void => {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (before(entry, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = entry;
  };
  return {
    get length() {
      return heap.length;
    },
    get time() {
      return heap.length > 0 ? heap[0]!.time : Number.POSITIVE_INFINITY;
    },
    push: (time, item) => rise({ time, order: state.pushed++, item }),
    pop: () => {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
      return first?.item;
    },
  };
};
