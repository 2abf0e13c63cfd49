import type { Fold } from "../math/fold.ts";
import type { AnyFold } from "./anyFold.ts";
import { type FadableFold, isFadable } from "./fadable.ts";
import { isMergeable, type MergeableFold } from "./mergeable.ts";

type Folds = Readonly<Record<string, AnyFold<never, unknown>>>;

/** What an item must be for all of these folds. */
type ItemOfAll<F> = {
  [Name in keyof F]: F[Name] extends AnyFold<infer Item, unknown> ? (item: Item) => void : never;
}[keyof F] extends (item: infer Item) => void
  ? Item
  : never;

/** What each fold reads, by its name. */
export type TogetherReading<F> = {
  readonly [Name in keyof F]: F[Name] extends AnyFold<never, infer Reading> ? Reading : never;
};

type States = Record<string, unknown>;
type All<F, Ability> = F extends Readonly<Record<string, Ability>> ? true : false;

/** Several folds as one, over the same items: mergeable if all are, fadable if all are. */
export type Together<F> = Fold<ItemOfAll<F>, TogetherReading<F>, States> &
  (All<F, { merge(a: never, b: never): unknown }> extends true
    ? MergeableFold<ItemOfAll<F>, TogetherReading<F>, States>
    : unknown) &
  (All<F, { fade(state: never, alpha: number): unknown }> extends true
    ? FadableFold<ItemOfAll<F>, TogetherReading<F>, States>
    : unknown);

/**
 * Several folds as one, which reads all of them by name. It merges if they all do, and fades if they all do.
 * @example rolling(1000, together({ accuracy: accuracy(), kappa: cohenKappa() }))
 */
export const together = <const F extends Folds>(folds: F): Together<F> => {
  const each = Object.entries(folds) as [string, Fold<unknown, unknown>][];
  const ofEach = (f: (fold: Fold<unknown, unknown>, name: string) => unknown): States =>
    Object.fromEntries(each.map(([name, fold]) => [name, f(fold, name)]));
  const one: Fold<unknown, States, States> = {
    init: () => ofEach((fold) => fold.init()),
    step: (state, item) => {
      for (const [name, fold] of each) state[name] = fold.step(state[name], item);
      return state;
    },
    read: (state) => ofEach((fold, name) => fold.read(state[name])),
  };
  const merging = each.every(([, fold]) => isMergeable(fold)) && {
    merge: (a: States, b: States) =>
      ofEach((fold, name) => (fold as MergeableFold<unknown, unknown>).merge(a[name], b[name])),
  };
  const fading = each.every(([, fold]) => isFadable(fold)) && {
    fade: (state: States, alpha: number) =>
      ofEach((fold, name) => (fold as FadableFold<unknown, unknown>).fade(state[name], alpha)),
  };
  return { ...one, ...merging, ...fading } as unknown as Together<F>;
};
