import type { Fold } from "../math/fold.ts";
import type { Matrix } from "../math/matrix.ts";

/** Rows that are offered to a memory: those of a batch, and what a model answered to them where that is to be kept too. */
export interface Rows {
  /** n × k, dense or sparse. */
  readonly x: Matrix;
  /** n × m. */
  readonly y: Matrix;
  /** n × 1. */
  readonly weight?: Matrix;
  /** n × outputs. */
  readonly answer?: Matrix;
}

/** One row as a memory keeps it: plain numbers, its own copy. */
export interface KeptRow {
  /** Every number, or of a sparse row those that stand in `columns`. */
  x: number[];
  columns?: number[];
  y: number[];
  weight: number;
  answer?: number[];
}

/** What a memory gives to replay. */
export interface Drawn {
  readonly slots: readonly number[];
  /** What each counts for, so that drawing some more often than others does not bend the mean; 1 without it. */
  readonly weights?: readonly number[];
}

/**
 * A fold over rows that keeps some of them in `capacity` slots, and draws from those. Its state is plain data, with the
 * rows and the random state in it, so JSON will do to save it.
 */
export interface Memory<State = unknown> extends Fold<Rows, readonly KeptRow[], State> {
  /** It prints as its own source: `reservoir(500, { seed: 1 })`. */
  readonly source: string;
  readonly capacity: number;
  /** Offers row i, and answers the slot that it got, or −1. A slot that was taken is written over in place. */
  offer(state: State, rows: Rows, i: number): number;
  /** The rows by slot: live, and not to be changed. `read` copies them. */
  kept(state: State): readonly KeptRow[];
  /** Draws n slots, or as many as it can; moves the random state on. */
  sample(state: State, n: number): Drawn;
}
