import type { Delivery } from "../adapters/delivery.ts";

/** What a worker has learned since a round began. */
export interface LocalRound<Value> {
  /** Those that were learned, or will be with the batch. */
  readonly samples: number;
  readonly steps: number;
  readonly loss: number;
  readonly skipped: number;
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly deliveries: readonly Delivery<Value>[];
  /** Milliseconds of learning. */
  readonly time: number;
  /** Puts in an event, or those of a message; learns, as soon as a batch is full. */
  take(delivery: Delivery<Value>): void;
  /** Learns what is left over, as a smaller batch. */
  flush(): void;
}
