import type { Matrix } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import type { KeptRow, Rows } from "./memory.ts";

/** Copies row i into a slot: into the arrays that are there, so that a memory that is full allocates nothing. */
export const keepRow = (kept: KeptRow[], slot: number, { x, y, weight, answer }: Rows, i: number): void => {
  kept[slot] ??= { x: [], y: [], weight: 1 };
  const row = kept[slot];
  if (isSparse(x)) {
    row.columns ??= [];
    copy(x.values, x.starts[i]!, x.starts[i + 1]!, row.x);
    copy(x.indices, x.starts[i]!, x.starts[i + 1]!, row.columns);
  } else {
    delete row.columns;
    copyRow(x, i, row.x);
  }
  copyRow(y, i, row.y);
  row.weight = weight ? weight.data[i]! : 1;
  if (answer) {
    row.answer ??= [];
    copyRow(answer, i, row.answer);
  }
};

const copyRow = ({ cols, data }: Matrix, i: number, to: number[]): void =>
  copy(data, i * cols, (i + 1) * cols, to);

const copy = (from: ArrayLike<number>, start: number, end: number, to: number[]): void => {
  to.length = Math.min(to.length, end - start);
  for (let k = start; k < end; k++) to[k - start] = from[k]!;
};
