import type { Batch } from "../graph/batch.ts";
import { invalid, inWords } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { slab } from "../math/slab.ts";
import { isSparse, type Sparse, stacked } from "../math/sparse.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** Samples on their way to becoming a batch. They are copied as they come, so their arrays may be reused. */
export interface Collector {
  /**
   * Adds a sample and answers how many wait; errors say that it is number `position`.
   * @throws InvalidInputError, and nothing has changed: the next sample may be a good one.
   */
  push(sample: Sample | SparseSample, position: number): number;
  /** A look at all that wait. */
  peek(): Pick<Batch, "x" | "y">;
  /** The batch of all that wait; none wait afterwards. */
  take(): Batch;
}

interface Column {
  readonly name: "x" | "y";
  /** Numbers in a sample; 0 until the first. */
  width: number;
  data: Float64Array;
}

const empty = new Float64Array(0);
const column = (name: "x" | "y"): Column => ({ name, width: 0, data: empty });

/** Collects samples into batches that have fresh matrices; every sample must be as wide as the first. */
export const collector = (actor: string, size: number): Collector => {
  let length = 0;
  const x = column("x");
  const y = column("y");
  let weight: Float64Array | undefined;
  let sparse: Sparse[] = [];
  const fresh = slab();
  const room = (): number => Math.min(size, Math.max(1024, 2 * length));
  const grown = (data: Float64Array, width: number): Float64Array => {
    const larger = fresh(room() * width);
    if (data.length > 0) larger.set(data);
    return larger;
  };
  /** Makes room for a sample of this width, and answers where it goes. */
  const place = (to: Column, width: number, position: number): number => {
    if (to.width === 0) to.width = width;
    if (width !== to.width)
      throw invalid(actor, `${to.name} of length ${to.width}, as before`, `${width} in sample ${position}`);
    const start = length * width;
    if (to.data.length === start) to.data = grown(to.data, width);
    return start;
  };
  const put = (to: Column, list: ArrayLike<number>, position: number): void => {
    const width = widthOf(actor, to.name, list, position);
    const start = place(to, width, position);
    const { data } = to;
    if (width > 64 && (list instanceof Float64Array || list instanceof Float32Array)) data.set(list, start);
    else
      for (let j = 0; j < width; j++) {
        const v: unknown = list[j];
        if (typeof v !== "number")
          throw invalid(actor, `numbers in ${to.name}`, `${inWords(v)} in column ${j} of sample ${position}`);
        data[start + j] = v;
      }
  };
  const putRow = (row: Sparse, position: number): void => {
    if (row.rows !== 1) throw invalid(actor, "one row as a sparse x", `${row.rows} in sample ${position}`);
    if (x.width === 0) x.width = row.cols;
    if (row.cols !== x.width)
      throw invalid(actor, `x of length ${x.width}, as before`, `${row.cols} in sample ${position}`);
    sparse.push(stacked([row]));
  };
  const weigh = (w: unknown, position: number): void => {
    if (w !== undefined && typeof w !== "number")
      throw invalid(actor, "a number as weight", `${inWords(w)} in sample ${position}`);
    weight ??= grown(empty, 1).fill(1);
    if (weight.length === length) weight = grown(weight, 1);
    weight[length] = w ?? 1;
  };
  const cut = (from: Column, keep = false): Matrix => {
    const { data, width: cols } = from;
    if (!keep) from.data = empty;
    return { rows: length, cols, data: exact(data, length * cols) };
  };

  const add = (sample: Sample | SparseSample, position: number): void => {
    if (typeof sample !== "object" || sample === null)
      throw invalid(actor, "samples { x, y }", `${inWords(sample)} as sample ${position}`);
    const { x: inputs, y: truth, weight: w } = sample;
    const row = isRow(inputs);
    if (length > 0 && row !== sparse.length > 0)
      throw invalid(actor, "x all sparse or all dense", `both, with sample ${position}`);
    if (row) putRow(inputs, position);
    else put(x, inputs, position);
    if (typeof truth === "number") {
      const at = place(y, 1, position); // before y.data is read, which it may replace
      y.data[at] = truth;
    } else put(y, truth, position);
    if (weight !== undefined || w !== undefined) weigh(w, position);
  };
  /** Leaves no trace of a sample that was refused on its way in: it must not decide how wide the others are. */
  const takeBack = (to: Column, width: number): void => {
    to.width = width;
    if (width === 0) to.data = empty;
  };

  return {
    push(sample, position) {
      const widthX = x.width;
      const widthY = y.width;
      const rows = sparse.length;
      try {
        add(sample, position);
      } catch (error) {
        takeBack(x, widthX);
        takeBack(y, widthY);
        sparse.length = rows;
        throw error;
      }
      return ++length;
    },
    peek: () => ({ x: sparse.length > 0 ? stacked(sparse) : cut(x, true), y: cut(y, true) }),
    take() {
      const inputs = sparse.length > 0 ? stacked(sparse) : cut(x);
      const truth = cut(y);
      const batch: Batch = weight
        ? { x: inputs, y: truth, weight: { rows: length, cols: 1, data: exact(weight, length) } }
        : { x: inputs, y: truth };
      weight = undefined;
      sparse = [];
      length = 0;
      return batch;
    },
  };
};

const widthOf = (actor: string, name: "x" | "y", given: unknown, position: number): number => {
  const length =
    typeof given === "object" && given !== null ? (given as { length?: unknown }).length : undefined;
  if (typeof length === "number" && length > 0) return length;
  const expected = name === "x" ? "an array of numbers in x" : "a number or numbers in y";
  throw invalid(actor, expected, `${length === 0 ? "none" : inWords(given)} in sample ${position}`);
};

const isRow = (x: Sample["x"] | Sparse): x is Sparse => isSparse(x as Sparse);

const exact = (data: Float64Array, length: number): Float64Array =>
  data.length === length ? data : data.slice(0, length);
