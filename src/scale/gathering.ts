import { invalid } from "../math/invalid.ts";
import { initialStates, mergedAll, type SharedFolds } from "./sharedFolds.ts";

/** What the folds say of the events since a round began. */
export interface Gathering<Value> {
  readonly states: Readonly<Record<string, unknown>>;
  take(value: Value): void;
  /** Brings in the events that wait. */
  settle(): void;
}

/**
 * Folds over events, of which those that a fold refuses, or that would make its state NaN or infinite, are in none of them: some come in at
 * once, into states of their own, and each alone when one of them is bad. `refuse` says what becomes of a bad one.
 */
export const gathering = <Value>(
  actor: string,
  folds: SharedFolds,
  refuse: (value: Value, error: unknown) => void,
): Gathering<Value> => {
  const entries = Object.entries(folds);
  const empty = initialStates(folds);
  const waiting: Value[] = [];
  let states = initialStates(folds);
  const folded = (values: readonly Value[]): Record<string, unknown> => {
    const fresh = initialStates(folds);
    for (const [name, fold] of entries) {
      for (const value of values) fresh[name] = fold.step(fresh[name], value as never);
      if (!isSound(fresh[name], empty[name]))
        throw invalid(actor, `events that keep statistic ${name} finite`, "one that does not");
    }
    return fresh;
  };
  const bring = (values: readonly Value[]): void => {
    states = mergedAll(folds, states, [folded(values)]);
  };
  const settle = (): void => {
    const values = waiting.splice(0);
    if (values.length === 0) return;
    try {
      bring(values);
    } catch {
      for (const value of values)
        try {
          bring([value]);
        } catch (error) {
          refuse(value, error);
        }
    }
  };
  return {
    get states() {
      return states;
    },
    take: (value) => {
      if (entries.length === 0) return;
      waiting.push(value);
      if (waiting.length === atOnce) settle();
    },
    settle,
  };
};

const atOnce = 64;

/** Whether all numbers of a state are finite, but for those that stand like that in an empty one: places for what is to come. */
const isSound = (state: unknown, empty: unknown): boolean => {
  if (typeof state === "number") return Number.isFinite(state) || Object.is(state, empty);
  if (typeof state !== "object" || state === null) return true;
  if (state instanceof Map) {
    const before = empty instanceof Map ? empty : undefined;
    for (const [key, item] of state) if (!isSound(item, before?.get(key))) return false;
    return true;
  }
  const before = typeof empty === "object" && empty !== null ? empty : {};
  return Object.entries(state).every(([name, item]) => isSound(item, Reflect.get(before, name)));
};
