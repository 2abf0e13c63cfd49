import { fault, inWords } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { isSparse } from "../math/sparse.ts";
import type { Vector } from "../math/vector.ts";
import { dtypeOf } from "./dtypes.ts";
import { isPlain, isVector, maxDepth } from "./plainData.ts";
import type { TensorData } from "./tensor.ts";

/** A state as JSON, and the numbers of its arrays apart, in one tensor for each type. */
export interface EncodedState {
  readonly json: string;
  readonly pools: ReadonlyMap<string, TensorData>;
}

/** Arrays of so many numbers and more are written as tensors. */
const fewNumbers = 4;

/**
 * Writes plain data: numbers (−0, NaN and ±Infinity too), strings, booleans, bigints, undefined, null, dates, arrays, plain objects,
 * maps, sets, typed arrays, sparse matrices and vectors. What JSON has no word for is an object with one key that begins with `$`; arrays of numbers
 * leave their length there, and their numbers go into a tensor, one after another in the order in which they are met.
 * @throws Error for anything else, such as a function or an instance of a class, and for cycles.
 */
export const encodeState = (actor: string, state: unknown): EncodedState => {
  const chunks = new Map<string, TensorData[]>();
  const pooled = (tag: string, data: TensorData): unknown => {
    const dtype = dtypeOf(data)!;
    const found = chunks.get(dtype);
    if (found) found.push(data);
    else chunks.set(dtype, [data]);
    return { [tag]: data.length };
  };
  const encode = (value: unknown, path: string, depth: number): unknown => {
    if (depth > maxDepth) throw fault(actor, `at most ${maxDepth} levels, and no cycles`, `more at ${path}`);
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    if (typeof value === "bigint") return { $bigint: String(value) };
    if (value === undefined) return { $undefined: true };
    if (typeof value !== "object") throw refused(actor, value, path);
    const inside = (key: string | number, v: unknown): unknown => encode(v, `${path}.${key}`, depth + 1);
    const dtype = dtypeOf(value);
    if (dtype) return pooled(`$${dtype}`, value as TensorData);
    if (isVector(value)) return pooled(`$vector${dtypeOf(value.data)}`, dataOf(value));
    if (Array.isArray(value))
      return value.length >= fewNumbers && value.every(isNumber) && Object.keys(value).length === value.length
        ? pooled("$numbers", Float64Array.from(value))
        : Array.from(value, (v, i) => inside(i, v));
    if (value instanceof Map) return { $map: Array.from(value, ([k, v], i) => [inside(i, k), inside(i, v)]) };
    if (value instanceof Set) return { $set: Array.from(value, (v, i) => inside(i, v)) };
    if (value instanceof Date) return { $date: encode(value.getTime(), path, depth + 1) };
    if (isSparse(value as Matrix)) return { $sparse: encode({ ...value }, path, depth + 1) };
    if (!isPlain(value)) throw refused(actor, value, path);
    const entries = Object.entries(value).map(([k, v]): [string, unknown] => [k, inside(k, v)]);
    if (entries.some(([k]) => k.startsWith("$") || k === "__proto__")) return { $object: entries };
    return Object.fromEntries(entries);
  };
  const json = JSON.stringify(encode(state, "state", 0));
  return { json, pools: new Map(Array.from(chunks, ([dtype, parts]) => [dtype, joined(parts)])) };
};

const isNumber = (value: unknown): boolean => typeof value === "number";

const dataOf = ({ data }: Vector): TensorData => data;

const refused = (actor: string, value: unknown, path: string): Error => {
  const name = typeof value === "object" ? (value?.constructor?.name ?? "an object") : inWords(value);
  return fault(actor, "plain data, maps, sets and typed arrays as a state", `${name} at ${path}`);
};

/** One array of all the numbers; a copy. */
const joined = (parts: readonly TensorData[]): TensorData => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const Kind = parts[0]!.constructor as new (length: number) => Float64Array; // or another: all are alike
  const whole = new Kind(length);
  let at = 0;
  for (const part of parts as readonly Float64Array[]) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
