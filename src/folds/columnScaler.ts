import type { Fold } from "../math/fold.ts";
import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Columnwise, columnwise } from "./columnwise.ts";

/** Columns brought to a common scale, and back. */
export interface Scaling {
  /** Rows seen. */
  readonly count: number;
  /** (x − center) / scale; 0 where the scale is 0; x itself where nothing was seen yet. */
  readonly transform: Columnwise;
  /** z · scale + center. */
  readonly inverse: Columnwise;
}

export interface ColumnScalerState<Column> {
  rows: number;
  columns: Column[];
}

/** The scaler that keeps something of every column. What is not finite is not learned, and stays as it is. */
export const columnScaler = <Column, Reading extends Scaling>(
  actor: string,
  part: {
    column: () => Column;
    see: (column: Column, x: number) => void;
    read: (columns: readonly Column[], count: number) => Reading;
  },
): Fold<Matrix | ArrayLike<number>, Reading, ColumnScalerState<Column>> => {
  const { column, see, read } = part;
  const learn = (state: ColumnScalerState<Column>, rows: number, cols: number, data: ArrayLike<number>) => {
    if (state.columns.length === 0) state.columns = Array.from({ length: cols }, column);
    if (state.columns.length !== cols)
      throw invalid(actor, `${state.columns.length} columns`, `${rows} × ${cols}`);
    for (let k = 0, j = 0; k < rows * cols; k++, j = j + 1 === cols ? 0 : j + 1)
      if (Number.isFinite(data[k]!)) see(state.columns[j]!, data[k]!);
    state.rows += rows;
    return state;
  };
  return {
    init: () => ({ rows: 0, columns: [] }),
    step: (state, item) =>
      "data" in item ? learn(state, item.rows, item.cols, item.data) : learn(state, 1, item.length, item),
    read: ({ rows, columns }) => read(columns, rows),
  };
};

/** The merge of scalers that keep something of every column, by the merge of a column. */
export const mergeColumns =
  <Column>(actor: string, both: (a: Column, b: Column) => Column) =>
  (a: ColumnScalerState<Column>, b: ColumnScalerState<Column>): ColumnScalerState<Column> => {
    if (a.columns.length === 0 || b.columns.length === 0)
      return structuredClone(a.columns.length === 0 ? b : a);
    if (a.columns.length !== b.columns.length)
      throw invalid(actor, `${b.columns.length} columns`, `${a.columns.length} on the other side`);
    return { rows: a.rows + b.rows, columns: a.columns.map((column, j) => both(column, b.columns[j]!)) };
  };

/** There and back, by what lies in the middle of each column and how wide it is; NaN where nothing was seen. */
export const affine = (
  actor: string,
  center: readonly number[],
  scale: readonly number[],
): { transform: Columnwise; inverse: Columnwise } => ({
  transform: columnwise(actor, center.length, (x, cols, z) => {
    for (let k = 0, j = 0; k < z.length; k++, j = j + 1 === cols ? 0 : j + 1) {
      const s = scale[j]!;
      const v = x[k]!;
      z[k] = s > 0 ? (v - center[j]!) / s : s === 0 && Number.isFinite(v) ? 0 : v;
    }
  }),
  inverse: columnwise(actor, center.length, (z, cols, x) => {
    for (let k = 0, j = 0; k < x.length; k++, j = j + 1 === cols ? 0 : j + 1) {
      const s = scale[j]!;
      x[k] = s >= 0 ? z[k]! * s + center[j]! : z[k]!;
    }
  }),
});
