import type { Batch } from "../graph/batch.ts";
import { invalid } from "../math/invalid.ts";
import { type Matrix, numbers } from "../math/matrix.ts";
import type { Sample } from "./sample.ts";

/** Samples on their way to becoming a batch. They are copied as they come, so their arrays may be reused. */
export interface Collector {
  /** How many samples wait. */
  readonly length: number;
  /** Adds a sample, of which errors say that it is number `position`. @throws InvalidInputError */
  push(sample: Sample, position: number): void;
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
  const room = (): number => Math.min(size, Math.max(1024, 2 * length));
  const put = (to: Column, given: number | ArrayLike<number>, position: number): void => {
    const list =
      typeof given === "number" && to === y ? undefined : checkedList(actor, to.name, given, position);
    const width = list?.length ?? 1;
    if (to.width === 0) to.width = width;
    if (width !== to.width)
      throw invalid(actor, `${to.name} of length ${to.width}, as before`, `${width} in sample ${position}`);
    const start = length * width;
    if (to.data.length === start) to.data = grown(to.data, room() * width);
    if (list === undefined) to.data[start] = given as number;
    else if (list instanceof Float64Array || list instanceof Float32Array) to.data.set(list, start);
    else
      for (let j = 0; j < width; j++) {
        const v: unknown = list[j];
        if (typeof v !== "number")
          throw invalid(actor, `numbers in ${to.name}`, `${inWords(v)} in column ${j} of sample ${position}`);
        to.data[start + j] = v;
      }
  };
  const cut = (from: Column): Matrix => {
    const data =
      from.data.length === length * from.width ? from.data : from.data.slice(0, length * from.width);
    from.data = empty;
    return { rows: length, cols: from.width, data };
  };

  return {
    get length() {
      return length;
    },
    push(sample, position) {
      if (typeof sample !== "object" || sample === null)
        throw invalid(actor, "samples { x, y }", `${inWords(sample)} as sample ${position}`);
      put(x, sample.x, position);
      put(y, sample.y, position);
      const w: unknown = sample.weight;
      if (w !== undefined) {
        if (typeof w !== "number")
          throw invalid(actor, "a number as weight", `${inWords(w)} in sample ${position}`);
        weight ??= numbers(room()).fill(1) as Float64Array;
      }
      if (weight) {
        if (weight.length === length) weight = grown(weight, room());
        weight[length] = w ?? 1;
      }
      length++;
    },
    take() {
      const w = weight && { rows: length, cols: 1, data: weight.slice(0, length) };
      const batch: Batch = { x: cut(x), y: cut(y), ...(w && { weight: w }) };
      weight = undefined;
      length = 0;
      return batch;
    },
  };
};

const checkedList = (actor: string, name: "x" | "y", given: unknown, position: number): ArrayLike<number> => {
  const length =
    typeof given === "object" && given !== null ? (given as { length?: unknown }).length : undefined;
  if (typeof length === "number" && length > 0) return given as ArrayLike<number>;
  const expected = name === "x" ? "an array of numbers in x" : "a number or numbers in y";
  throw invalid(actor, expected, `${length === 0 ? "none" : inWords(given)} in sample ${position}`);
};

const grown = (data: Float64Array, length: number): Float64Array => {
  const larger = new Float64Array(length);
  if (data.length > 0) larger.set(data);
  return larger;
};

/** A value that should have been a number, so that one sees what it is. */
const inWords = (value: unknown): string =>
  typeof value === "string"
    ? `"${value}"`
    : typeof value === "object" && value !== null
      ? "an object"
      : String(value);
