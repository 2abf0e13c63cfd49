import type { Scored } from "../folds/scored.ts";
import type { Learned } from "../graph/learning.ts";
import type { Metrics, Readings } from "./metrics.ts";

/** An item whose label has come: what was predicted at its moment, and what came true. */
export interface DelayedStep<Item, M extends Metrics> extends Scored {
  readonly item: Item;
  /** What the metrics read after it. */
  readonly metrics: Readings<M>;
  /** What the model learned with this label: the batch that it filled, or at the end the rest. */
  readonly learned?: Learned;
}
