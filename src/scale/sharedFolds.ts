import type { MergeableFold } from "../folds/mergeable.ts";
import { checkState } from "../formats/putState.ts";
import { invalid } from "../math/invalid.ts";

/** Folds whose states the workers bring together, by name. */
export type SharedFolds = Readonly<Record<string, MergeableFold<never, unknown>>>;

type States = Readonly<Record<string, unknown>>;

export const initialStates = (folds: SharedFolds): Record<string, unknown> =>
  Object.fromEntries(Object.entries(folds).map(([name, fold]) => [name, fold.init()]));

/** The states of all, and what some have gathered since, in their order. */
export const mergedAll = (
  folds: SharedFolds,
  all: States,
  since: readonly States[],
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(folds).map(([name, fold]) => [
      name,
      since.reduce((state, own) => fold.merge(state, own[name]), all[name]),
    ]),
  );

/** Refuses states from elsewhere that do not merge. @throws Error */
export const checkShared = (
  actor: string,
  folds: SharedFolds,
  all: States,
  since: readonly States[],
  given: States,
): void => {
  const names = Object.keys(folds);
  if (Object.keys(given).length !== names.length || names.some((name) => !Object.hasOwn(given, name)))
    throw invalid(
      actor,
      `statistics named ${names.join(", ") || "nothing"}`,
      Object.keys(given).join(", ") || "none",
    );
  for (const name of names) checkState(actor, `statistic ${name}`, folds[name]!.init(), given[name]);
  const merged = mergedAll(folds, all, [...since, given]);
  for (const name of names) folds[name]!.read(merged[name]);
};
