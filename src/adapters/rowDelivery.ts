import { isInvalidInput, whole } from "../math/invalid.ts";
import type { Delivery } from "./delivery.ts";

/** Something that stands in a file; its position is a number that grows. Nothing has to be acknowledged. */
export type RowDelivery<Value> = Delivery<Value, number>;

export const rowDelivery = <Value>(
  partition: string,
  position: number,
  value: Value,
): RowDelivery<Value> => ({
  value,
  partition,
  position,
  isAfter: (other) => position > other,
  ack: () => {},
});

/** Options that all sources of rows have. */
export interface RowOptions {
  /** Behind which position to begin: `ledger.from(partition)`. */
  readonly after?: number | undefined;
  /** What its deliveries call their partition; the path as it was given, or "stream", unless told otherwise. */
  readonly partition?: string;
  /** How many rows may be read ahead; 64. */
  readonly ahead?: number;
}

/** What becomes of rows that cannot be read. */
export interface BadRowOptions {
  /** They end the stream with an error, unless they are to be skipped. */
  readonly onInvalid?: "error" | "skip";
  /** Is told of each row that is skipped: `quarantine().put`. */
  readonly rejected?: (row: unknown, reason: Error) => void;
}

export const rowOptions: readonly ["after", "partition", "ahead"] = ["after", "partition", "ahead"];

/** Refuses positions that are none. @throws InvalidInputError */
export const checkRowOptions = (actor: string, { after = 0, ahead = 64 }: RowOptions): void => {
  whole(actor, "after", after, 0);
  whole(actor, "ahead", ahead, 0);
};

/** A row as it is read, or nothing, when it is refused and to be skipped. @throws InvalidInputError otherwise. */
export const rowUnlessBad = <Value>(
  { onInvalid = "error", rejected }: BadRowOptions,
  raw: unknown,
  read: () => Value,
): { readonly value: Value } | undefined => {
  try {
    return { value: read() };
  } catch (error) {
    if (onInvalid === "error" || !isInvalidInput(error)) throw error;
    rejected?.(raw, error);
    return undefined;
  }
};
