import { invalid, inWords } from "../math/invalid.ts";
import { type Sparse, sparseFrom } from "../math/sparse.ts";
import { isPlain, maxDepth, setField } from "./plainData.ts";
import { strictJson } from "./strictJson.ts";
import type { TensorData } from "./tensor.ts";

/**
 * Reads what {@link encodeState} has written; a vector comes back as its typed array. For files from anywhere: each number of the
 * tensors is taken once, so that what is allocated stays within a small multiple of what is given, and objects get own fields alone.
 * @throws InvalidInputError for anything that `encodeState` does not write.
 */
export const decodeState = (actor: string, json: string, pools: ReadonlyMap<string, TensorData>): unknown => {
  const refuse = (expected: string, got: unknown): Error =>
    invalid(actor, `${expected} in its state`, inWords(got));
  const taken = new Map<string, number>();
  const take = (dtype: string, length: unknown): TensorData => {
    const pool = pools.get(dtype);
    const from = taken.get(dtype) ?? 0;
    const room = (pool?.length ?? 0) - from;
    if (!Number.isSafeInteger(length) || (length as number) < 0 || (length as number) > room)
      throw refuse(`at most ${room} more numbers of type ${dtype}`, length);
    taken.set(dtype, from + (length as number));
    return pool ? pool.slice(from, from + (length as number)) : new Float64Array(0);
  };
  const list = (value: unknown, what: string): readonly unknown[] => {
    if (Array.isArray(value)) return value;
    throw refuse(`an array as ${what}`, value);
  };
  const pairs = (value: unknown, what: string): (readonly [unknown, unknown])[] =>
    list(value, what).map((entry) => {
      const [key, item, ...rest] = list(entry, `an entry of ${what}`);
      if (rest.length > 0 || (entry as unknown[]).length !== 2)
        throw refuse(`pairs as entries of ${what}`, entry);
      return [key, item];
    });
  const decode = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(decode);
    const keys = Object.keys(value);
    const [tag] = keys;
    if (keys.length === 1 && tag!.startsWith("$"))
      return special(tag!, (value as Record<string, unknown>)[tag!]);
    const object = {};
    for (const key of keys) {
      if (key.startsWith("$")) throw refuse("no fields that begin with $", key);
      setField(object, key, decode((value as Record<string, unknown>)[key]));
    }
    return object;
  };
  const special = (tag: string, value: unknown): unknown => {
    switch (tag) {
      case "$number":
        if (value === "NaN" || value === "Infinity" || value === "-Infinity" || value === "-0")
          return Number(value);
        throw refuse("a number that JSON has no word for as $number", value);
      case "$bigint":
        if (typeof value === "string" && /^-?\d{1,1000}$/.test(value)) return BigInt(value);
        throw refuse("up to 1000 digits as $bigint", value);
      case "$undefined":
        return undefined;
      case "$date": {
        const time = decode(value);
        if (typeof time === "number") return new Date(time);
        throw refuse("a number as $date", time);
      }
      case "$map":
        return new Map(pairs(value, tag).map(([key, item]) => [decode(key), decode(item)]));
      case "$set":
        return new Set(list(value, tag).map(decode));
      case "$object": {
        const object = {};
        for (const [key, item] of pairs(value, tag)) {
          if (typeof key !== "string" || Object.hasOwn(object, key))
            throw refuse("different names of fields", key);
          setField(object, key, decode(item));
        }
        return object;
      }
      case "$sparse": {
        const fields = decode(value);
        const rows = isPlain(fields) ? sparseFrom(fields as unknown as Sparse) : undefined;
        if (rows) return rows;
        throw refuse("rows, cols, starts, indices and values as $sparse", fields);
      }
      case "$numbers":
        return Array.from(take("F64", value) as Float64Array);
      default: {
        const dtype = /^\$(?:vector)?([A-Z]\w+)$/.exec(tag)?.[1];
        if (dtype && pools.has(dtype)) return take(dtype, value);
        throw refuse("what encodeState() writes", tag);
      }
    }
  };
  const state = decode(strictJson(actor, "state", json, 2 * maxDepth + 4));
  for (const [dtype, { length }] of pools)
    if ((taken.get(dtype) ?? 0) !== length)
      throw refuse(`${length} numbers of type ${dtype} to be named`, taken.get(dtype) ?? 0);
  return state;
};
