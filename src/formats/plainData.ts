import type { Vector } from "../math/vector.ts";

/** How many levels a state may have. */
export const maxDepth = 100;

/** Whether a value is an object that is nothing but its own fields. */
export const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** Whether a value is a vector, such as rules keep, and not a matrix that was written out. */
export const isVector = (value: unknown): value is Vector => {
  if (typeof value !== "object" || value === null) return false;
  const { zeros, segments } = value as Partial<Vector>;
  return typeof zeros === "function" && Array.isArray(segments);
};

/** Sets an own field, also one whose name would reach the prototype by assignment. */
export const setField = (object: object, key: string, value: unknown): void => {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else (object as Record<string, unknown>)[key] = value;
};
