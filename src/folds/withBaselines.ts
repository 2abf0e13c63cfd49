import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import { type Matrix, zeros } from "../math/matrix.ts";
import { noChange } from "./noChange.ts";
import { priorClass } from "./priorClass.ts";
import { runningMean } from "./runningMean.ts";
import type { Scored } from "./scored.ts";
import type { TargetMeanState } from "./targetMean.ts";

/** A metric of the model and, on the same rows, of those who have no model. */
export type Beside<Reading, Other extends "prior" | "mean"> = Readonly<
  Record<"model" | "noChange" | Other, Reading>
>;

export interface BaselinesState<State> {
  noChange: { last: readonly number[] };
  other: TargetMeanState;
  /** Of the metric: for the model, and for each baseline. */
  metrics: [model: State, noChange: State, other: State];
}

/**
 * A metric beside the same metric of {@link noChange} and of {@link priorClass} (of {@link runningMean} with
 * `{ beside: "mean" }`, for regression). Baselines predict row by row, whatever the batches are, and each row before they
 * learn it. The first row, of which they cannot know anything, is scored for none.
 *
 * Baselines of classes speak in probabilities: for a model that answers in logits, use a metric of probabilities
 * over a sigmoid of them.
 * @example
 * withBaselines(rolling(1000, accuracy())); // { model, noChange, prior }
 * withBaselines(mae(), { beside: "mean" }); // { model, noChange, mean }
 */
export const withBaselines = <Reading, State, Other extends "prior" | "mean" = "prior">(
  metric: Fold<Scored, Reading, State>,
  options: { beside?: Other } = {},
): Fold<Scored, Beside<Reading, Other>, BaselinesState<State>> => {
  knownOptions(actor, options, ["beside"]);
  const { beside = "prior" as Other } = options;
  if (beside !== "prior" && beside !== "mean")
    throw invalid(actor, `"prior" or "mean" as beside`, String(beside));
  const last = noChange();
  const other = beside === "prior" ? priorClass() : runningMean();
  return {
    init: () => ({
      noChange: last.init(),
      other: other.init(),
      metrics: [metric.init(), metric.init(), metric.init()],
    }),
    step: (state, scored) => {
      const first = state.noChange.last.length === 0 ? 1 : 0;
      const n = Math.max(0, scored.prediction.rows - first);
      const said = [zeros(n, scored.prediction.cols), zeros(n, scored.prediction.cols)] as const;
      for (let i = 0; i < scored.prediction.rows; i++) {
        if (i >= first) {
          said[0].data.set(last.read(state.noChange), (i - first) * said[0].cols);
          said[1].data.set(other.read(state.other), (i - first) * said[1].cols);
        }
        const row = rowsFrom(scored, i, i + 1);
        state.noChange = last.step(state.noChange, row);
        state.other = other.step(state.other, row);
      }
      if (n === 0) return state;
      const rest = first === 0 ? scored : rowsFrom(scored, first, scored.prediction.rows);
      const [a, b, c] = state.metrics;
      state.metrics = [
        metric.step(a, rest),
        metric.step(b, { ...rest, prediction: said[0] }),
        metric.step(c, { ...rest, prediction: said[1] }),
      ];
      return state;
    },
    read: ({ metrics: [a, b, c] }) => ({
      ...({ model: metric.read(a), noChange: metric.read(b) } as Beside<Reading, Other>),
      [beside]: metric.read(c),
    }),
  };
};

const actor = "withBaselines()";

const rowsFrom = ({ prediction, target, weight }: Scored, from: number, to: number): Scored => ({
  prediction: some(prediction, from, to),
  target: some(target, from, to),
  ...(weight && { weight: some(weight, from, to) }),
});

const some = ({ cols, data }: Matrix, from: number, to: number): Matrix => ({
  rows: to - from,
  cols,
  data: data.subarray(from * cols, to * cols),
});
