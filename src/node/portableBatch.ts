import type { Batch } from "../graph/batch.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Entry, isSparse, type Sparse, sparse } from "../math/sparse.ts";

/** The matrices of a batch. */
export const parts = ["x", "y", "weight"] as const;

/** Whether numbers are all there is to it, one for each place. */
export const isPlain = (m: Matrix | undefined): m is Matrix =>
  isObject(m) &&
  !isSparse(m) &&
  (m.data instanceof Float32Array || m.data instanceof Float64Array) &&
  Number.isInteger(m.rows) &&
  Number.isInteger(m.cols) &&
  m.data.length === m.rows * m.cols;

/**
 * A batch on its way to another thread as a message: without the memory that its matrices are views of, and sparse ones as
 * their entries. What is no matrix goes as it is, for the other side to refuse.
 */
export type PortableBatch = unknown;

/** Packs a batch, or what somebody takes for one. */
export const packBatch = (batch: Batch): PortableBatch =>
  eachPart(batch, (m) => {
    if (isSparse(m)) return { ...m };
    return isPlain(m) ? { rows: m.rows, cols: m.cols, data: m.data.slice() } : m;
  });

/** The batch that was packed. */
export const unpackBatch = (packed: PortableBatch): Batch =>
  eachPart(packed as Batch, (m) => ("starts" in m ? revived(m as Sparse) : m)) as Batch;

const eachPart = (batch: Batch, change: (m: Matrix) => unknown): unknown =>
  isObject(batch)
    ? Object.fromEntries(
        parts
          .filter((part) => part in batch)
          .map((part) => [part, isObject(batch[part]) ? change(batch[part]) : batch[part]]),
      )
    : batch;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const revived = ({ rows, cols, starts, indices, values }: Sparse): Sparse =>
  sparse(
    Array.from({ length: rows }, (_, i) =>
      Array.from(
        indices.subarray(starts[i], starts[i + 1]),
        (column, k): Entry => [column, values[starts[i]! + k]!],
      ),
    ),
    cols,
    { precision: values instanceof Float32Array ? "float32" : "float64" },
  );
