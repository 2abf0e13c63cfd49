import { invalid } from "../math/invalid.ts";
import { random } from "../math/random.ts";
import type { Fifo } from "./fifo.ts";

/** What happens to an item for which there is no place. */
export type OverflowPolicy = "block" | "dropOldest" | "dropNewest" | "sample" | "error";

/** A policy at work on one queue. */
export interface Overflow<Item> {
  /** Makes room for an item in a full queue, or does not: answers which item is dropped. */
  make(item: Item): Item;
  /** There was room. */
  roomy?(): void;
}

type Policy = <Item>(pending: Fifo<Item>, capacity: number, seed: number) => Overflow<Item>;

const refuses =
  (expected: (capacity: number) => string, way: string): Policy =>
  (_, capacity) => ({
    make: () => {
      throw invalid("backpressure()", expected(capacity), way);
    },
  });

/** All policies. They are asked only when the queue is full. */
export const overflows: Readonly<Record<OverflowPolicy, Policy>> = {
  block: refuses(
    (capacity) => `a source that pauses before ${capacity} items wait (pause, resume)`,
    "one more: fromPull(source, { ahead }) asks for items instead",
  ),
  dropOldest: (pending) => ({
    make: (item) => {
      const oldest = pending.shift()!;
      pending.push(item);
      return oldest;
    },
  }),
  dropNewest: () => ({ make: (item) => item }),
  /** Algorithm R (Vitter, 1985), but for the order, which stays. */
  sample: (pending, capacity, seed) => {
    const rng = random(seed);
    let seen = capacity;
    return {
      make: (item) => {
        const place = rng.below(++seen);
        if (place >= capacity) return item;
        const other = pending.remove(place)!;
        pending.push(item);
        return other;
      },
      roomy: () => {
        seen = capacity;
      },
    };
  },
  error: refuses(
    (capacity) => `at most ${capacity} waiting items (capacity)`,
    "one more: overflow says what else could become of it",
  ),
};
