import type { OperatorFunction } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { forgetRenewed } from "../graph/forget.ts";
import type { GuardedOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { trainer } from "../graph/trainer.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { keptStates } from "./keptStates.ts";
import { metering } from "./metering.ts";
import type { Metrics, Readings } from "./metrics.ts";
import { scoredRows } from "./scoredRows.ts";
import { stepping } from "./stepping.ts";
import type { ScoredStep } from "./train.ts";

/** A step with what the metrics read after it. */
export interface PrequentialStep<M extends Metrics> extends ScoredStep {
  readonly metrics: Readings<M>;
}

export interface PrequentialOptions<M extends Metrics> extends GuardedOptions {
  readonly metrics?: M;
  readonly onInvalid?: "error" | "skip";
}

/**
 * Test, then train (Dawid, 1984; Gama et al., 2013): predicts each batch as an application would have, scores the
 * prediction, and only then learns from it. Rows that `replay` adds are learned, and not scored.
 * @throws InvalidInputError on the stream, for bad data, before anything changes; metrics then stay as they were.
 */
export const prequential = <const M extends Metrics = Record<never, never>>(
  model: Model,
  options: PrequentialOptions<M>,
): OperatorFunction<Batch, PrequentialStep<M>> => {
  knownOptions("prequential()", options, names);
  return (batches$) =>
    stepping(batches$, model, options.onInvalid, "prequential()", () => {
      const engine = trainer(model, options, "prequential()");
      const { states, close } = keptStates("prequential()", model, options.metrics, engine);
      const read = metering("prequential()", options.metrics, states);
      const modal = model.nodes.some(({ layer }) => layer.modal);
      const answerTo = (batch: Batch): Matrix => {
        forgetRenewed("prequential()", model, batch);
        engine.check(batch);
        return model.predict(batch.x);
      };
      return {
        close,
        next: (batch: Batch): PrequentialStep<M> => {
          // dropout and batchNorm answer otherwise when they learn; for all other layers one forward pass serves both
          const answer = modal ? answerTo(batch) : undefined;
          const learned = engine.learn(batch);
          const prediction = answer ?? engine.prediction();
          const { y: target, weight } = batch;
          const { run, id, size, loss } = learned;
          const step = weight
            ? { run, id, size, loss, prediction, target, weight, metrics: none }
            : { run, id, size, loss, prediction, target, metrics: none };
          step.metrics = read(batch.fresh ? scoredRows(prediction, batch.fresh) : step);
          return (learned.guard ? { ...step, guard: learned.guard } : step) as unknown as PrequentialStep<M>;
        },
      };
    });
};

const names = ["loss", "optimizer", "classWeight", "guard", "metrics", "onInvalid"] as const;

/** What a step has for metrics until they have seen it. */
const none: Record<string, unknown> = {};
