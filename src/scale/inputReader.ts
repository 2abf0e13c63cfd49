import type { Delivery } from "../adapters/delivery.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import { type PartitionReader, partitionReader } from "./partitionReader.ts";

/** What can be had of the partitions now: a message, "wait" for one that should come, "quiet" when none does, "ended" when none will. */
export type Taken<Value> = Delivery<Value> | "wait" | "quiet" | "ended";

/** The partitions that a worker has been dealt, read in turn. */
export interface InputReader<Value> {
  take(): Taken<Value>;
  /** Waited in vain: those that it was waited for are quiet until something comes of them. */
  giveUp(): void;
  /** How far each partition has been taken, where anything has. */
  positions(): Map<string, unknown>;
  /** Those of which nothing will come. */
  ended(): readonly string[];
  repeated(): number;
  close(): void;
}

/** Opens partitions at their positions. One message of each in turn: with inputs that keep up, the order is the same each time. */
export const inputReader = <Value>(
  input: PartitionedInput<Value>,
  partitions: readonly string[],
  positions: ReadonlyMap<string, unknown>,
  settled: ReadonlyMap<string, unknown>,
  options: { readonly ahead: number; readonly changed: () => void },
): InputReader<Value> => {
  const readers = partitions.map(
    (partition): PartitionReader<Value> =>
      partitionReader(input, {
        partition,
        after: positions.get(partition),
        settled: settled.get(partition),
        ...options,
      }),
  );
  let next = 0;
  return {
    take: () => {
      let over = 0;
      for (let i = 0; i < readers.length; i++) {
        const at = (next + i) % readers.length;
        const reader = readers[at]!;
        if (reader.ready) {
          reader.quiet = false;
          next = at + 1;
          return reader.take();
        }
        if (reader.failure) throw reader.failure.error;
        if (reader.ended) over++;
        else if (!reader.quiet) {
          next = at;
          return "wait";
        }
      }
      return over === readers.length ? "ended" : "quiet";
    },
    giveUp: () => {
      for (const reader of readers) if (!reader.ready && !reader.ended) reader.quiet = true;
    },
    positions: () =>
      new Map(
        readers.flatMap(({ partition, position }): [string, unknown][] =>
          position === undefined ? [] : [[partition, position]],
        ),
      ),
    ended: () => readers.filter(({ ended }) => ended).map(({ partition }) => partition),
    repeated: () => readers.reduce((sum, { repeated }) => sum + repeated, 0),
    close: () => {
      for (const reader of readers) reader.close();
    },
  };
};
