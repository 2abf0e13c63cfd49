import type { MergeableFold } from "rxgrad";

/** Several folds over the same items as one, which reads them all by name. */
export const together = <Item, Readings extends Record<string, unknown>>(
  folds: {
    [Name in keyof Readings]: MergeableFold<Item, Readings[Name]>;
  },
): MergeableFold<Item, Readings, Record<keyof Readings, unknown>> => {
  const each = <A>(f: (name: keyof Readings) => A) =>
    Object.fromEntries(Object.keys(folds).map((name) => [name, f(name)])) as Record<keyof Readings, A>;
  return {
    init: () => each((name) => folds[name].init()),
    step: (state, item) => each((name) => folds[name].step(state[name], item)),
    read: (state) => each((name) => folds[name].read(state[name])) as Readings,
    merge: (a, b) => each((name) => folds[name].merge(a[name], b[name])),
  };
};
