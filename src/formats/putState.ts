import { invalid } from "../math/invalid.ts";
import { dtypeOf } from "./dtypes.ts";
import { isPlain, isVector, setField } from "./plainData.ts";
import type { TensorData } from "./tensor.ts";

/**
 * Refuses a state from a file that is not like the one in whose place it is to come: another kind of value, or, where there is
 * a vector, numbers of another type or length. What is undefined or null may be anything inside, lists and maps may have grown.
 * @throws InvalidInputError
 */
export const checkState = (actor: string, what: string, live: unknown, saved: unknown): void => {
  const refuse = (): Error => invalid(actor, `${kindOf(live)} as ${what}`, kindOf(saved));
  const inside = (name: string, from: unknown, to: unknown): void => {
    const open = isNone(from) || (isNone(to) && !holdsVector(from));
    if (!open) checkState(actor, `${what}${name}`, from, to);
  };
  if (isNone(live)) return;
  if (isVector(live)) {
    if (dtypeOf(saved) !== dtypeOf(live.data) || (saved as TensorData).length !== live.cols) throw refuse();
  } else if (kindOf(live) !== kindOf(saved)) throw refuse();
  else if (Array.isArray(live)) {
    const list = saved as readonly unknown[];
    if (list.length < live.length && holdsVector(live)) throw refuse();
    live.slice(0, list.length).forEach((item, i) => {
      inside(`[${i}]`, item, list[i]);
    });
  } else if (live instanceof Map) {
    for (const [key, item] of live)
      if ((saved as Map<unknown, unknown>).has(key))
        inside(`[${String(key)}]`, item, (saved as Map<unknown, unknown>).get(key));
  } else if (isPlain(live))
    for (const key of Object.keys(live)) {
      if (Object.hasOwn(saved as object, key))
        inside(`.${key}`, live[key], (saved as Record<string, unknown>)[key]);
      else if (live[key] !== undefined) throw invalid(actor, `${what}.${key}`, "none");
    }
};

const isNone = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Whether a part of a state must stay what it is, because rules hold on to its vectors. */
export const holdsVector = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false;
  if (isVector(value)) return true;
  return (Array.isArray(value) || isPlain(value)) && Object.values(value).some(holdsVector);
};

/**
 * Brings a live state to a saved one and returns it: objects, lists, maps and vectors stay the ones they are, because those who use
 * them hold on to them, and get other contents. A value that cannot be changed is replaced.
 */
export const putState = (live: unknown, saved: unknown): unknown => {
  if (typeof live !== "object" || live === null || Object.isFrozen(live)) return saved;
  if (isVector(live)) {
    live.data.set(saved as Float64Array);
    return live;
  }
  if (kindOf(live) !== kindOf(saved)) return saved;
  if (Array.isArray(live)) {
    const items = (saved as unknown[]).map((item, i) => putState(live[i], item));
    live.length = 0;
    for (const item of items) live.push(item);
    return live;
  }
  if (live instanceof Map) {
    live.clear();
    for (const [key, value] of saved as Map<unknown, unknown>) live.set(key, value);
    return live;
  }
  if (live instanceof Set) {
    live.clear();
    for (const value of saved as Set<unknown>) live.add(value);
    return live;
  }
  if (dtypeOf(live)) {
    if ((live as TensorData).length !== (saved as TensorData).length) return saved;
    (live as Float64Array).set(saved as Float64Array);
    return live;
  }
  if (!isPlain(live)) return saved;
  for (const key of Object.keys(live)) if (!Object.hasOwn(saved as object, key)) delete live[key];
  for (const [key, value] of Object.entries(saved as object))
    setField(live, key, putState(Object.hasOwn(live, key) ? live[key] : undefined, value));
  return live;
};

const kindOf = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const dtype = dtypeOf(isVector(value) ? value.data : value);
  if (dtype) return `numbers of type ${dtype}`;
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return Array.isArray(value) ? "a list" : `a value of type ${name}`;
};
