import type { Load } from "./backpressure.ts";
import type { Gate } from "./pulling.ts";

/** Counts what is pulled ahead, on both sides of where it waits. */
export interface PullCounts {
  /** Counts what the source gives. */
  came<Item>(iterator: AsyncIterator<Item>): AsyncIterator<Item>;
  /** Counts what goes on. */
  went<Item>(iterator: AsyncIterator<Item>): AsyncIterator<Item>;
  /** Tells how it stands when a turn is over, and when nothing waits. */
  gate(inner: Gate): Gate;
}

export const pullCounts = (load: (load: Load) => void): PullCounts => {
  let [received, delivered, peak] = [0, 0, 0];
  return {
    came: (iterator) =>
      counting(iterator, () => {
        received++;
      }),
    went: (iterator) => {
      const counted = counting(iterator, () => {
        delivered++;
      });
      return {
        ...counted,
        next: () => {
          peak = Math.max(peak, received - delivered); // most wait when the item in hand is done
          return counted.next();
        },
      };
    },
    gate: (inner) => ({
      open: () => {
        const open = inner.open();
        const depth = received - delivered;
        if (!open || depth === 0) load({ depth, peak, received, delivered, dropped: 0 });
        return open;
      },
      wait: inner.wait,
    }),
  };
};

const counting = <Item>(iterator: AsyncIterator<Item>, count: () => void): AsyncIterator<Item> => ({
  next: () => {
    const result: Promise<IteratorResult<Item>> | IteratorResult<Item> = iterator.next(); // some answer at once
    const seen = ({ done }: IteratorResult<Item>): void => {
      if (!done) count();
    };
    if ("then" in result) result.then(seen, () => {});
    else seen(result);
    return result;
  },
  return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
});
