import type { Drawn, KeptRow } from "../folds/memory.ts";
import type { Batch } from "../graph/batch.ts";
import { type Matrix, zeros } from "../math/matrix.ts";
import { type Entry, isSparse, sparse } from "../math/sparse.ts";

/** Matrices that batches are mixed in. */
export interface MixingBuffers {
  readonly x: Matrix;
  readonly y: Matrix;
  readonly weight: Matrix;
}

/** A batch with rows from a memory below its own, and the matrices to mix another in once it was learned. */
export interface Mixed {
  readonly batch: Batch;
  readonly buffers: MixingBuffers | undefined;
}

/**
 * Puts the drawn rows below those of the batch; into `buffers`, if they fit. It has weights when the batch or a row has.
 * Where the rows have answers, targets become [y | answer | 1], and those of the batch [y | 0 | 0].
 */
export const mix = (
  batch: Batch,
  kept: readonly KeptRow[],
  { slots, weights }: Drawn,
  buffers: MixingBuffers | undefined,
): Mixed => {
  const { rows: fresh } = batch.x;
  const own: Matrix = { rows: fresh, cols: batch.y.cols, data: batch.y.data };
  // y has a header of its own, by which the batch is known again
  if (slots.length === 0) return { batch: { ...batch, y: own }, buffers };
  const drawn = slots.map((slot) => kept[slot]!);
  const rows = fresh + drawn.length;
  const answers = drawn[0]!.answer?.length ?? -1;
  const yCols = own.cols + answers + 1;
  const into = fit(batch, buffers, rows, yCols);
  const y = { ...into.y };
  for (let i = 0; i < fresh; i++) {
    const start = i * yCols;
    y.data.fill(0, start, start + yCols);
    y.data.set(own.data.subarray(i * own.cols, (i + 1) * own.cols), start);
  }
  drawn.forEach((row, k) => {
    const start = (fresh + k) * yCols;
    y.data.set(row.y, start);
    if (!row.answer) return;
    y.data.set(row.answer, start + row.y.length);
    y.data[start + yCols - 1] = 1;
  });
  const x = isSparse(batch.x) ? sparseRows(batch.x, drawn) : denseRows(batch.x, drawn, into.x);
  if (!batch.weight && !weights && drawn.every(({ weight }) => weight === 1))
    return { batch: { x, y, fresh: batch }, buffers: into };
  const { weight } = into;
  for (let i = 0; i < fresh; i++) weight.data[i] = batch.weight ? batch.weight.data[i]! : 1;
  drawn.forEach((row, k) => {
    weight.data[fresh + k] = row.weight * (weights ? weights[k]! : 1);
  });
  return { batch: { x, y, weight, fresh: batch }, buffers: into };
};

const fit = (
  { x, y }: Batch,
  buffers: MixingBuffers | undefined,
  rows: number,
  yCols: number,
): MixingBuffers => {
  const xCols = isSparse(x) ? 0 : x.cols;
  const fits = buffers?.x.rows === rows && buffers.x.cols === xCols && buffers.y.cols === yCols;
  if (fits && (isSparse(x) || isDouble(buffers.x) === isDouble(x)) && isDouble(buffers.y) === isDouble(y))
    return buffers;
  return {
    x: zeros(rows, xCols, isSparse(x) || isDouble(x) ? "float64" : "float32"),
    y: zeros(rows, yCols, isDouble(y) ? "float64" : "float32"),
    weight: zeros(rows, 1),
  };
};

const isDouble = (m: Matrix): boolean => (isSparse(m) ? m.values : m.data) instanceof Float64Array;

const denseRows = (x: Matrix, drawn: readonly KeptRow[], into: Matrix): Matrix => {
  into.data.set(x.data);
  drawn.forEach((row, k) => {
    into.data.set(row.x, (x.rows + k) * x.cols);
  });
  return into;
};

const sparseRows = (
  x: Matrix & { starts: Int32Array; indices: Int32Array; values: ArrayLike<number> },
  drawn: readonly KeptRow[],
): Matrix => {
  const own = Array.from({ length: x.rows }, (_, i) =>
    Array.from(
      x.indices.subarray(x.starts[i]!, x.starts[i + 1]!),
      (column, k): Entry => [column, x.values[x.starts[i]! + k]!],
    ),
  );
  const old = drawn.map((row) => row.columns!.map((column, k): Entry => [column, row.x[k]!]));
  return sparse([...own, ...old], x.cols, {
    precision: x.values instanceof Float32Array ? "float32" : "float64",
  });
};
