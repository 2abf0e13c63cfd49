import type { Delivery } from "../adapters/delivery.ts";

/** A source in parts, each in an order of its own, which can be read again from where a reader has come to. */
export interface PartitionedInput<Value, Position = unknown> {
  readonly partitions: readonly string[];
  /** What stands behind `after` in one part, from its beginning when undefined, then what comes; at the reader's pace. */
  open(
    partition: string,
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Delivery<Value, Position>>;
}
