import type { OperatorFunction } from "rxjs";
import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import { isRefusal } from "../graph/guarding.ts";
import { turns } from "../graph/turns.ts";
import { knownOptions } from "../math/invalid.ts";
import { type Candidate, checkCandidates } from "./candidate.ts";
import { keptStates } from "./keptStates.ts";
import { metering } from "./metering.ts";
import type { Metrics, Readings } from "./metrics.ts";
import { type PoolOptions, poolEngine } from "./poolEngine.ts";
import type { PoolLearned } from "./poolLearned.ts";
import { scoredRows } from "./scoredRows.ts";
import { stepping } from "./stepping.ts";

/** What one batch taught a pool, ready for metrics. */
export interface PoolStep<Name extends string = string, M extends Metrics = Record<never, never>>
  extends PoolLearned<Name>,
    Scored {
  /** What the metrics read of the pool's predictions. */
  readonly metrics: Readings<M>;
}

export interface PoolStreamOptions<M extends Metrics = Record<never, never>> extends PoolOptions {
  readonly metrics?: M;
  /** What to do with bad data: end with an error (the default), or drop the batch and report it on every model's `rejected$`. */
  readonly onInvalid?: "error" | "skip";
}

/**
 * Several learners as one, where one would have to be tuned: each batch is predicted by all, the pool answers with the mean by
 * weights that follow their losses (or with the champion's prediction), and then all learn from it. A batch costs what it costs
 * each of them, and one more prediction. A learner whose prediction, loss or gradient is not finite is out from then on, and
 * `failed` tells of it once; the others go on.
 * @throws InvalidInputError for candidates that do not go together; and on the stream, for bad data, before anything changes.
 * @example
 * batches$.pipe(pool(grid({ rate: [0.3, 0.03, 0.003] }, ({ rate }) => ({ model: model(plan), optimizer: sgd(rate) })), {
 *   loss: binaryCrossentropy(), combine: champion,
 * }));
 */
export const pool = <const Name extends string, const M extends Metrics = Record<never, never>>(
  candidates: readonly Candidate<Name>[],
  options: PoolStreamOptions<M>,
): OperatorFunction<Batch, PoolStep<Name, M>> => {
  knownOptions(actor, options, ["loss", "combine", "metrics", "onInvalid"]);
  checkCandidates(actor, candidates);
  const { turn } = turns();
  const everyone = { turn, reject: rejectAll(candidates) };
  return (batches$) =>
    stepping(batches$, everyone, options.onInvalid, actor, () => {
      const engine = poolEngine(candidates, options, actor);
      const { states, close } = keptStates(actor, candidates[0]!.model, options.metrics, engine);
      const read = metering(actor, options.metrics, states);
      return {
        close,
        next: (batch) => {
          const learned = engine.learn(batch);
          const { y: target, weight, fresh } = batch;
          const step = { ...learned, target, ...(weight ? { weight } : {}) };
          const scored = fresh ? scoredRows(learned.prediction, fresh) : step;
          return { ...step, metrics: read(scored) } as PoolStep<Name, M>;
        },
      };
    });
};

const actor = "pool()";

const rejectAll =
  (candidates: readonly Candidate[]): Candidate["model"]["reject"] =>
  (rejection) => {
    if (isRefusal(rejection.error)) return; // each guard has told of its own
    for (const { model } of candidates) model.reject(rejection);
  };
