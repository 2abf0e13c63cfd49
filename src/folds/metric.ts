import type { FadableFold } from "./fadable.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";

/** A number that scored rows amount to, from sums alone: it merges, and it fades. */
export interface Metric<State>
  extends MergeableFold<Scored, number, State>,
    FadableFold<Scored, number, State> {}
