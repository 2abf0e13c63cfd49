import type { GuardedOptions } from "../graph/learning.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Live } from "./live.ts";
import type { Metrics } from "./metrics.ts";
import type { OpenQuestions } from "./openQuestions.ts";
import type { Sample, SparseSample } from "./sample.ts";

export interface DelayedPrequentialOptions<Item, M extends Metrics> extends GuardedOptions {
  /** When an item is to be predicted, in any unit. */
  readonly moment: (item: Item) => number;
  /** How long after that its label comes, in the same unit. */
  readonly delay: number | ((item: Item) => number);
  /**
   * The features of an item and its label, read when it is predicted, and kept until the label comes: arrays that are reused must
   * be copied here. Without it the items are the samples, and copied.
   */
  readonly sample?: (item: Item) => Sample | SparseSample;
  /** What was predicted, 1 × m, for items that bring it along, read when the label comes; otherwise the model is asked at their moment. */
  readonly prediction?: (item: Item) => Matrix;
  readonly metrics?: M;
  /** How many labels make up a batch to learn from. */
  readonly batchSize?: number;
  /** More than this many items without their label are an error. */
  readonly maxPending?: number;
  readonly onInvalid?: "error" | "skip";
  /** Where the questions are that wait for their labels, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<OpenQuestions<Item>>;
}
