import type { Scored } from "../folds/scored.ts";
import type { Fold } from "../math/fold.ts";

/** Metrics by name; each is a fold over scored batches. */
export type Metrics = Readonly<Record<string, Fold<Scored, unknown>>>;

/** What each metric reads. */
export type Readings<M extends Metrics> = {
  readonly [K in keyof M]: M[K] extends Fold<Scored, infer R> ? R : never;
};
