import type { OperatorFunction } from "rxjs";
import type { Scored } from "../folds/scored.ts";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { metering } from "./metering.ts";
import type { Metrics, Readings } from "./metrics.ts";
import { operate } from "./operate.ts";
import { refusalOf } from "./refusalOf.ts";

/** What an online learner said of an item before it learned it, ready for metrics. */
export interface OnlineStep<Item, Answer, M extends Metrics = Record<never, never>> extends Scored {
  readonly item: Item;
  readonly answer: Answer;
  readonly metrics: Readings<M>;
}

export interface OnlineLearnOptions<Item, M extends Metrics> {
  readonly metrics?: M;
  /** What becomes of an item that is refused: it ends the stream with an error, or is left out. */
  readonly onInvalid?: "error" | "skip";
  /** Is told of each item that was left out, and why. */
  readonly rejected?: (item: Item, reason: Error) => void;
}

/** Test, then train, by a function that does both with one item. The learner's state is its own: all subscriptions share it. */
export const onlineSteps = <Item, Answer, M extends Metrics>(
  actor: string,
  learn: (item: Item) => Scored & { readonly answer: Answer },
  options: OnlineLearnOptions<Item, M> = {},
): OperatorFunction<Item, OnlineStep<Item, Answer, M>> => {
  knownOptions(actor, options, ["metrics", "onInvalid", "rejected"]);
  const { metrics, onInvalid = "error", rejected } = options;
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', inWords(onInvalid));
  return operate((out) => {
    const read = metering(actor, metrics);
    return {
      next: (item) => {
        let learned: ReturnType<typeof learn>;
        try {
          learned = learn(item);
        } catch (error) {
          const refusal = refusalOf(actor, item, error);
          if (onInvalid === "error" || !refusal) throw refusal ?? error;
          rejected?.(item, refusal);
          return;
        }
        out.next({ ...learned, item, metrics: read(learned) });
      },
    };
  });
};
