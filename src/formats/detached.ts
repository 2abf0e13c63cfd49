import { isPlain, isVector } from "./plainData.ts";

/** A copy of a live state as a file would give it back: vectors have become their numbers. What is no data stays what it is. */
export const detached = (state: unknown): unknown => {
  if (typeof state !== "object" || state === null) return state;
  if (isVector(state)) return state.data.slice();
  if (Array.isArray(state)) return state.map(detached);
  if (state instanceof Map) return new Map([...state].map(([key, value]) => [key, detached(value)]));
  if (isPlain(state))
    return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, detached(value)]));
  return ArrayBuffer.isView(state) || state instanceof Set || state instanceof Date
    ? structuredClone(state)
    : state;
};
