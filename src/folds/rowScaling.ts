import type { Data } from "../math/matrix.ts";
import { type Moments, moments } from "./moments.ts";
import { standardizeRow } from "./standardizeRow.ts";
import { steadyMoments } from "./steadyMoments.ts";

/** How rows are brought to a scale while they come. Its state is the moments of each column. */
export interface RowScaling {
  init(width: number): Moments[];
  learn(columns: readonly Moments[], row: ArrayLike<number>): void;
  /** Writes the scaled row into `z`. */
  write(columns: readonly Moments[], row: ArrayLike<number>, z: Data): void;
  /** A scaled number, no further out than the bound. */
  bounded(z: number): number;
}

/**
 * Columns brought to mean 0 and deviation 1, and no further out than `bound`: of the first rows as by a
 * {@link standardScaler}, and of a long stream as by one of the last 1 / (1 − fading) rows; see {@link steadyMoments}. What was never seen is 0.
 */
export const rowScaling = ({
  fading = 0.9999,
  bound = 5,
}: {
  readonly fading?: number;
  readonly bound?: number;
} = {}): RowScaling => {
  const bounded = (z: number) => Math.max(-bound, Math.min(bound, z));
  return {
    bounded,
    init: (width) => Array.from({ length: width }, moments),
    learn: (columns, row) => {
      for (let j = 0; j < columns.length; j++) steadyMoments(columns[j]!, row[j]!, fading);
    },
    write: (columns, row, z) => {
      standardizeRow(columns, row, z);
      for (let j = 0; j < columns.length; j++) z[j] = columns[j]!.weight > 0 ? bounded(z[j]!) : 0;
    },
  };
};

/** ±ln(1 + |x|): a word that stands ten times in a text says little more than one that stands there thrice. */
export const damped = (x: number): number => Math.sign(x) * Math.log1p(Math.abs(x));
