import type { Delivery } from "../adapters/delivery.ts";
import { fifo } from "../streams/fifo.ts";
import type { PartitionedInput } from "./partitionedInput.ts";

/** What has come of one partition, and waits to be learned. */
export interface PartitionReader<Value> {
  readonly partition: string;
  /** Of what was taken last. */
  readonly position: unknown;
  /** Whether there is nothing to take, and nothing will come. */
  readonly ended: boolean;
  readonly ready: boolean;
  /** Whether it was waited for in vain; others need not wait for it again. */
  quiet: boolean;
  /** Why reading it failed, if it did. */
  readonly failure: { readonly error: unknown } | undefined;
  /** How many came that had been taken before. */
  readonly repeated: number;
  take(): Delivery<Value>;
  close(): void;
}

export interface ReaderOptions {
  readonly partition: string;
  /** Where to go on; undefined for the beginning. */
  readonly after: unknown;
  /** Up to where it need not come again. */
  readonly settled: unknown;
  /** How many may wait. */
  readonly ahead: number;
  /** Is told when there is something new to know. */
  readonly changed: () => void;
}

/** Reads a partition ahead, a little, while others are learned from; what is delivered once more is acknowledged and left out. */
export const partitionReader = <Value>(
  input: PartitionedInput<Value>,
  { partition, after, settled, ahead, changed }: ReaderOptions,
): PartitionReader<Value> => {
  const waiting = fifo<Delivery<Value>>();
  const closing = new AbortController();
  let position = after;
  let reached = after; // of what was queued last
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let repeated = 0;
  let room: (() => void) | undefined;

  const read = async (): Promise<void> => {
    for await (const delivery of input.open(partition, after, closing.signal)) {
      if (closing.signal.aborted) return;
      if (reached !== undefined && !delivery.isAfter(reached)) {
        repeated++;
        if (settled !== undefined && !delivery.isAfter(settled)) delivery.ack();
        continue;
      }
      reached = delivery.position;
      waiting.push(delivery);
      if (waiting.length === 1) changed();
      if (waiting.length >= ahead)
        await new Promise<void>((resolve) => {
          room = resolve;
        });
      if (closing.signal.aborted) return;
    }
  };
  read()
    .catch((error: unknown) => {
      if (!closing.signal.aborted) failure = { error };
    })
    .finally(() => {
      over = true;
      if (!closing.signal.aborted) changed();
    });

  return {
    partition,
    get position() {
      return position;
    },
    get ended() {
      return over && waiting.length === 0 && !failure && !closing.signal.aborted;
    },
    get ready() {
      return waiting.length > 0;
    },
    quiet: false,
    get failure() {
      return failure;
    },
    get repeated() {
      return repeated;
    },
    take: () => {
      const delivery = waiting.shift()!;
      position = delivery.position;
      if (room && 2 * waiting.length <= ahead) {
        room();
        room = undefined;
      }
      return delivery;
    },
    close: () => {
      closing.abort();
      waiting.clear();
      room?.();
    },
  };
};
