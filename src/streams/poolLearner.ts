import type { Combined } from "../folds/combined.ts";
import type { Batch } from "../graph/batch.ts";
import { turns } from "../graph/turns.ts";
import { knownOptions } from "../math/invalid.ts";
import { type Matrix, matrix } from "../math/matrix.ts";
import type { Candidate } from "./candidate.ts";
import type { Learner } from "./learner.ts";
import { oneSample } from "./oneSample.ts";
import { type PoolOptions, poolEngine } from "./poolEngine.ts";
import type { PoolLearned } from "./poolLearned.ts";
import type { Sample } from "./sample.ts";

export interface PoolLearnerOptions extends PoolOptions {
  /** What `state()` of another run of the same candidates gave: the combination goes on from there. */
  readonly state?: unknown;
}

/** A pool that learns by plain calls. */
export interface PoolLearner<Name extends string = string> extends Pick<Learner, "predict" | "close"> {
  /** Learns from one example. @throws InvalidInputError, and nothing has changed. */
  learnOne(x: Sample["x"], y: Sample["y"], weight?: number): PoolLearned<Name>;
  /** Learns from one batch: each learner takes one optimizer step. @throws InvalidInputError, and nothing has changed. */
  learnBatch(batch: Batch): PoolLearned<Name>;
  /** What each counts, who counts most, and who is out; by index. */
  combined(): Combined;
  /** The state of the combination, plain data: a copy. `save` of all the models keeps it with the first of them. */
  state(): unknown;
}

/** For those who want no streams: the engine of `pool`, called. A bad example throws, and the pool goes on. */
export const poolLearner = <const Name extends string>(
  candidates: readonly Candidate<Name>[],
  options: PoolLearnerOptions,
): PoolLearner<Name> => {
  knownOptions(actor, options, ["loss", "combine", "state"]);
  const engine = poolEngine(candidates, options, actor, options.state);
  const queue = turns();
  const learnBatch = (batch: Batch): PoolLearned<Name> => {
    if (queue.busy())
      throw new Error(`${actor} expects the batch in flight to be done before the next, got one meanwhile`);
    let learned: PoolLearned<Name> | undefined;
    queue.turn((one) => {
      learned = engine.learn(one);
    }, batch);
    return learned!;
  };
  const answer = (x: Matrix | readonly number[]): Matrix | number[] =>
    "data" in x ? engine.predict(x) : Array.from(engine.predict(matrix([x])).data);
  return {
    learnOne: (x, y, weight) => learnBatch(oneSample(actor, x, y, weight)),
    learnBatch,
    predict: answer as Learner["predict"],
    combined: engine.combined,
    state: engine.state,
    close: engine.close,
  };
};

const actor = "poolLearner()";
