import { finite, invalid } from "../math/invalid.ts";

/** What a drift detector says of the item just seen. */
export interface DriftReading {
  /** Whether the stream has changed. The next item starts the detector anew, so each drift is told once. */
  readonly drift: boolean;
  /** Whether it may be about to; never together with `drift`. */
  readonly warning: boolean;
  /** How many items the estimate stands on: those since the detector started anew, or in its window. */
  readonly count: number;
  /** What the detector watches, which is the mean of the items unless it says otherwise; NaN before the first. */
  readonly estimate: number;
}

/** Which way the mean may go before it is a drift. */
export type DriftDirection = "up" | "down" | "both";

/** +1 for a rise, −1 for a fall: falling is rising upside down. */
export const signsOf = (actor: string, direction: DriftDirection): readonly (1 | -1)[] => {
  if (direction === "up") return [1];
  if (direction === "down") return [-1];
  if (direction === "both") return [1, -1];
  throw invalid(actor, `"up", "down" or "both" as direction`, String(direction));
};

/** A probability that is neither 0 nor 1. */
export const openShare = (actor: string, what: string, value: number): number => {
  if (value > 0 && value < 1) return value;
  throw invalid(actor, `a number between 0 and 1 as ${what}`, String(value));
};

/** An item that may be any finite number. */
export const anyNumber = (actor: string, x: number): number => finite(actor, "item", x);

/** An item that is 1 for an error and 0 for none, or something in between. */
export const errorRate = (actor: string, x: number): number => finite(actor, "item", x, { min: 0, max: 1 });
