import { type OperatorFunction, pipe } from "rxjs";
import type { Forecasted } from "../folds/horizonMetric.ts";
import { lag } from "../folds/lag.ts";
import { lastRows } from "../folds/lastRows.ts";
import type { Batch } from "../graph/batch.ts";
import { checkInput } from "../graph/checkInput.ts";
import { type Guarded, isRefusal } from "../graph/guarding.ts";
import type { GuardedOptions, Learned } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { takePartBeside } from "../graph/parts.ts";
import { trainer } from "../graph/trainer.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { minibatch } from "./minibatch.ts";
import type { Sample } from "./sample.ts";
import { stepping } from "./stepping.ts";

export interface ForecastOptions extends Omit<GuardedOptions, "classWeight"> {
  /** How many steps ahead to forecast. */
  readonly horizon: number;
  /** A model that answers with all steps at once, or with one, whose answer is fed back as the newest number of x. */
  readonly strategy?: "direct" | "recursive";
  readonly onInvalid?: "error" | "skip";
}

/** What is said at t, when y_t has come true, of what will come. */
export interface Forecast extends Forecasted {
  readonly run: number;
  /** t: 0, 1, 2, … */
  readonly id: number;
  readonly y: number;
  /** Of y_{t+1} … y_{t+h}, by what was known at t; a copy. */
  readonly forecast: Float64Array;
  /** Of the example that y_t completed, before it was learned; none while the targets of the first are not all in. */
  readonly loss?: number;
  /** How the training stands after a step, if it has a `guard`. */
  readonly guard?: Guarded;
}

/**
 * Forecasts the next h observations at each sample `{ x, y }` of a series: x is what is known at t, such as the last values up to
 * y itself, and y what was observed at t. First the model learns the example that y completes: x of h samples ago with the
 * observations since ("direct"), or x of one sample ago with y ("recursive"). Then it forecasts from x. A forecast is never
 * revised, and has seen nothing from after t. Score it by {@link horizonMetric}. Where a `guard` refuses the example, which is told of on
 * `model.rejected$`, the forecast comes all the same.
 *
 * "recursive" takes x to be the last values of y, oldest first; its one answer becomes the last value for the next step.
 * @throws InvalidInputError on the stream, for bad data, before anything changes; a sample that is skipped counts as none.
 * @example
 * series$.pipe(
 *   windowed(12, { of: ({ y }) => [y] }),
 *   forecast(net, { horizon: 3, loss: meanSquaredError(), optimizer: adam(0.01) }),
 *   withFolds({ error: horizonMetric(3, mae(), { grace: 12 }) }),
 * );
 */
export const forecast = (model: Model, options: ForecastOptions): OperatorFunction<Sample, Forecast> => {
  knownOptions(actor, options, ["loss", "optimizer", "guard", "horizon", "strategy", "onInvalid"]);
  const { loss, optimizer, guard, horizon: h, strategy = "direct", onInvalid } = options;
  whole(actor, "horizon", h);
  if (strategy !== "direct" && strategy !== "recursive")
    throw invalid(actor, '"direct" or "recursive" as strategy', String(strategy));
  const { inputs, outputs, weights } = model;
  const span = strategy === "direct" ? h : 1;
  if (outputs !== undefined && outputs !== span)
    throw invalid(actor, `a model with ${span} outputs (${strategy}, horizon ${h})`, String(outputs));
  const { precision } = weights.kernels;
  const say = strategy === "direct" ? direct(model) : recursive(model, h);
  const truths = lastRows(span);
  const questions = lag<Matrix>(span);

  return pipe(minibatch(1), (batches$) =>
    stepping(batches$, model, onInvalid, actor, () => {
      const engine = trainer(model, { loss, optimizer, ...(guard ? { guard } : {}) }, actor);
      const learn = (batch: Batch): Learned | undefined => {
        try {
          return engine.learn(batch);
        } catch (error) {
          if (!isRefusal(error) || error.action === "stopped") throw error;
          model.reject({ batch, error, action: error.action }); // and the series goes on
          return undefined;
        }
      };
      let own = { id: 0, observed: truths.init(), asked: questions.init() };
      const close = takePartBeside(engine, weights.parts, {
        source: `${actor} of ${span} at once`,
        optional: true, // files from before it was kept lack it
        get: () => own,
        set: (state) => {
          own = state as typeof own;
        },
      });
      let run = -1;
      return {
        close,
        next: ({ x, y }: Batch): Forecast => {
          checkInput(actor, x, inputs, precision);
          checkInput(actor, y, 1, precision, "y");
          loss.check?.(y, 1);
          own.observed = truths.step(own.observed, y.data);
          own.asked = questions.step(own.asked, x);
          const learned =
            own.asked.values.length > span
              ? learn({
                  x: questions.read(own.asked)!,
                  y: { rows: 1, cols: span, data: truths.read(own.observed) },
                })
              : undefined;
          if (learned) run = learned.run;
          const said = { run, id: own.id++, y: y.data[0]!, forecast: say(x) };
          if (!learned) return said;
          const known = { ...said, loss: learned.loss };
          return learned.guard ? { ...known, guard: learned.guard } : known;
        },
      };
    }),
  );
};

const actor = "forecast()";

type Say = (x: Matrix) => Float64Array;

const direct =
  (model: Model): Say =>
  (x) =>
    Float64Array.from(model.predict(x).data);

/** x ← [x_2 … x_k, ŷ], h times. */
const recursive =
  (model: Model, h: number): Say =>
  ({ rows, cols, data }) => {
    const x = { rows, cols, data: Float64Array.from(data) };
    return Float64Array.from({ length: h }, () => {
      const [y] = model.predict(x).data;
      x.data.copyWithin(0, 1);
      x.data[cols - 1] = y!;
      return y!;
    });
  };
