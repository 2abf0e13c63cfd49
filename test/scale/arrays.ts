import type { Delivery } from "../../src/adapters/delivery.ts";
import type { MergeableFold } from "../../src/folds/mergeable.ts";
import { random } from "../../src/math/random.ts";
import type { PartitionedInput } from "../../src/scale/partitionedInput.ts";

/** An event of a regression, with a name of its own. */
export interface Event {
  readonly id: string;
  readonly x: readonly number[];
  readonly y: number;
}

/** Partitions of so many events each. */
export const eventsOf = (partitions: number, count: number, seed = 1): Map<string, Event[]> => {
  const rng = random(seed);
  return new Map(
    Array.from({ length: partitions }, (_, p) => [
      `p${p}`,
      Array.from({ length: count }, (_, i) => {
        const x = [rng.normal(), rng.normal(), rng.normal()];
        return { id: `${p}/${i}`, x, y: Math.sin(x[0]!) + 0.5 * x[1]! - x[2]! * x[0]! };
      }),
    ]),
  );
};

/** An input out of arrays, which notes what is acknowledged. `before` is awaited before each event. */
export const arrayInput = <Value>(
  arrays: ReadonlyMap<string, readonly Value[]>,
  {
    acked,
    before,
    endless = false,
  }: { acked?: Set<Value>; before?: () => Promise<void>; endless?: boolean } = {},
): PartitionedInput<Value, number> => ({
  partitions: [...arrays.keys()],
  async *open(partition, after, signal): AsyncGenerator<Delivery<Value, number>> {
    const values = arrays.get(partition)!;
    for (let i = after === undefined ? 0 : after + 1; i < values.length; i++) {
      if (signal.aborted) return;
      await before?.();
      const value = values[i]!;
      yield { value, partition, position: i, isAfter: (p) => i > p, ack: () => acked?.add(value) };
    }
    if (endless) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

/** How often each event was learned. */
export const tally = (): MergeableFold<Event, ReadonlyMap<string, number>, Map<string, number>> => ({
  init: () => new Map(),
  step: (counts, { id }) => counts.set(id, (counts.get(id) ?? 0) + 1),
  read: (counts) => counts,
  merge: (a, b) => {
    const both = new Map(a);
    for (const [id, count] of b) both.set(id, (both.get(id) ?? 0) + count);
    return both;
  },
});
