/** The last numbers of a stream, in the order of their coming and in that of their size. */
export interface LastSorted {
  /** The last numbers, in a ring; `next` is where the oldest is. */
  last: number[];
  next: number;
  sorted: number[];
}

/** None yet. */
export const lastSorted = (): LastSorted => ({ last: [], next: 0, sorted: [] });

/** Takes a number in, and the oldest out of a full window: a shift within the sorted numbers. */
export const keepLast = (numbers: LastSorted, window: number, x: number): void => {
  const { last, next, sorted } = numbers;
  if (last.length === window) sorted.splice(firstNotBelow(sorted, last[next]!), 1);
  last[next] = x;
  numbers.next = (next + 1) % window;
  sorted.splice(firstNotBelow(sorted, x), 0, x);
};

const firstNotBelow = (sorted: readonly number[], x: number): number => {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < x) from = middle + 1;
    else to = middle;
  }
  return from;
};
