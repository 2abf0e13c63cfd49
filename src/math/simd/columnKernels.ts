import { arena } from "./arena.ts";
import { columnFunctions } from "./columnFunctions.ts";
import { linker } from "./linker.ts";
import { simdSupport } from "./support.ts";

/** What was seen of a column, as folds keep it. */
export interface ColumnMoments {
  weight: number;
  origin: number;
  shift: number;
  m2: number;
}

/** Statistics of the columns of float32 rows, with the same bytes as the loops in TypeScript write. */
export interface ColumnKernels {
  /** Sees every row, in place; what is not finite is left out. */
  see(columns: readonly ColumnMoments[], data: Float32Array): void;
  /** (x − mean) / deviation; 0 where the deviation is 0, x where it is NaN or x is not finite. */
  standardize(
    mean: ArrayLike<number>,
    deviation: ArrayLike<number>,
    data: Float32Array,
    out: Float32Array,
  ): void;
}

/** Floats that are brought into the memory at a time: it stays small, and they stay near the processor. */
const chunk = 8192;
/** Bytes by which results lie before what they are made from. */
const before = 16;

/** The first number of a column that can be seen, if there is one. */
const firstFinite = (data: Float32Array, column: number, cols: number): number | undefined => {
  for (let k = column; k < data.length; k += cols) if (Number.isFinite(data[k]!)) return data[k];
  return undefined;
};

/** Kernels with a memory of their own; undefined where there is no SIMD. */
export const columnKernels = (): ColumnKernels | undefined => {
  if (simdSupport() === "none") return undefined;
  const own = arena();
  const functions = linker(own)("columns", columnFunctions);

  /** Runs over pieces of whole rows, with so many doubles a column, of which `put` puts those of column j at k, k + 2, …  */
  const run = (
    name: "see" | "standardize",
    { cols, doubles }: { readonly cols: number; readonly doubles: number },
    data: Float32Array,
    put: (stats: Float64Array, k: number, j: number) => void,
    out?: Float32Array,
  ): Float64Array => {
    const length = cols * Math.max(1, Math.floor(chunk / cols));
    const head = 32 * doubles * Math.ceil(cols / 4) + before;
    own.reserve(head + 4 * length);
    const { buffer, scratch } = own;
    const stats = new Float64Array(buffer, scratch, head / 8);
    for (let j = 0; j < cols; j++) put(stats, doubles * (j & ~1) + (j & 1), j);
    const floats = new Float32Array(buffer, scratch + head - before, length + before / 4);
    for (let start = 0; start < data.length; start += length) {
      const part = data.subarray(start, start + length);
      floats.set(part, before / 4);
      functions[name]!(scratch + head, scratch, part.length / cols, 4 * cols);
      out?.set(floats.subarray(0, part.length), start);
    }
    return stats;
  };
  return {
    see: (columns, data) => {
      const cols = columns.length;
      const stats = run("see", { cols, doubles: 4 }, data, (to, k, j) => {
        const { weight, origin, shift, m2 } = columns[j]!;
        to[k] = weight;
        to[k + 2] = weight === 0 ? (firstFinite(data, j, cols) ?? origin) : origin;
        to[k + 4] = shift;
        to[k + 6] = m2;
      });
      columns.forEach((column, j) => {
        const k = 4 * (j & ~1) + (j & 1);
        column.weight = stats[k]!;
        column.origin = stats[k + 2]!;
        column.shift = stats[k + 4]!;
        column.m2 = stats[k + 6]!;
      });
    },
    standardize: (mean, deviation, data, out) =>
      void run(
        "standardize",
        { cols: mean.length, doubles: 2 },
        data,
        (to, k, j) => {
          to[k] = mean[j]!;
          to[k + 2] = deviation[j]!;
        },
        out,
      ),
  };
};
