import { type Observable, Subject } from "rxjs";
import type { Mode, Parameter, Width } from "../layers/layer.ts";
import { type InvalidInputError, invalid, knownOptions, whole } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import type { Matrix, Precision } from "../math/matrix.ts";
import type { GraphNode } from "./circuit.ts";
import type { GuardAction } from "./guarding.ts";
import { checkPlan, type Plan } from "./plan.ts";
import { predictor } from "./predictor.ts";
import { type Run, startRun } from "./run.ts";
import { turns } from "./turns.ts";
import { type Weights, weights } from "./weights.ts";

export interface ModelOptions {
  /** Every random number of the model follows from it: the same seed gives the same bytes. */
  readonly seed?: number;
  readonly precision?: Precision;
  /** Whether kernels may be as fast as the machine allows, or give the same bytes on every machine. */
  readonly numerics?: "fast" | "reproducible";
  /** How many threads share the products of large layers; 1 leaves them to the thread that calls. They end with `dispose`. */
  readonly threads?: number;
  /** What computes, instead of what `precision`, `numerics` and `threads` choose: `blas()` of rxgrad/blas, for example. */
  readonly kernels?: Kernels;
}

/** A batch that was refused, and why. Nothing has changed. */
export interface Rejection {
  readonly batch: unknown;
  readonly error: InvalidInputError;
  /** What a guard did about it, if it was one that refused. */
  readonly action?: GuardAction;
}

/** A plan with weights. */
export interface Model {
  readonly plan: Plan;
  readonly weights: Weights;
  /** In layer order, W then b of each dense; live views: writing `value.data` takes effect at the next batch. */
  readonly parameters: readonly Parameter[];
  /** The layers as they stand in the graph, one for each use, in the order in which they are wired. */
  readonly nodes: readonly GraphNode[];
  /** Columns that it takes and gives, where the plan says. */
  readonly inputs: Width;
  readonly outputs: Width;
  /** What `onInvalid: "skip"` has dropped. */
  readonly rejected$: Observable<Rejection>;
  /**
   * One synchronous forward pass over rows × inputs, or over one row of numbers; gives rows × outputs. Pure: weights, running statistics and random state stay as they are.
   * @throws InvalidInputError when the width is wrong or a number is not finite.
   */
  predict(x: Matrix | readonly number[]): Matrix;
  /** Builds a graph over the weights; `train` and `predict` stand on it, and so can operators of your own. */
  start(mode: Mode): Run;
  /** Every graph that runs now, and `started$` for those to come. */
  readonly runs: ReadonlySet<Run>;
  readonly started$: Observable<Run>;
  /** Runs a job with an item when no batch is in flight: now, or after the one that is; jobs never interleave. */
  turn<T>(job: (item: T) => void, item: T): void;
  /** Whether a batch is in flight. */
  readonly busy: boolean;
  /** Announces on `rejected$`. */
  reject(rejection: Rejection): void;
  /** Takes down all graphs and ends all streams of the model. */
  dispose(): void;
}

/**
 * Gives a plan its weights, drawn from the seed.
 * @throws InvalidInputError when the layers do not fit each other, or an option is not one of those named.
 * @example const m = model(chain(dense(2, 8, { activation: "tanh" }), dense(8, 1, { activation: "sigmoid" })), { seed: 1 });
 */
export const model = (plan: Plan, options: ModelOptions = {}): Model => {
  checkPlan("model()", "plan", plan);
  knownOptions("model()", options, ["seed", "precision", "numerics", "threads", "kernels"]);
  const { seed = 0, precision = "float32", numerics = "fast", threads = 1, kernels } = options;
  whole("model()", "seed", seed, 0);
  if (precision !== "float32" && precision !== "float64")
    throw invalid("model()", '"float32" or "float64" as precision', String(precision));
  if (numerics !== "fast" && numerics !== "reproducible")
    throw invalid("model()", '"fast" or "reproducible" as numerics', String(numerics));
  whole("model()", "threads", threads);
  const own = weights({ seed, precision, numerics, threads, ...(kernels ? { kernels } : {}) });
  const rejected = new Subject<Rejection>();
  const started = new Subject<Run>();
  const runs = new Set<Run>();
  const queue = turns();
  let count = 0;
  let disposed = false;

  const start = (mode: Mode): Run => {
    if (disposed) throw new Error("model() was disposed: it cannot run any more");
    const run = startRun(plan, own, count++, mode);
    const close = (): void => {
      runs.delete(open);
      run.close();
    };
    const open: Run = { ...run, close };
    runs.add(open);
    started.next(open);
    return open;
  };
  const outline = startRun(plan, own, -1, "infer"); // draws the weights in the order of the layers
  outline.close();
  const predicting = predictor(own, plan.inputs, () => start("infer"));
  let answer: Matrix | undefined; // only a turn of its own sets it, and no two are taken at once
  const answerTo = (x: Matrix | readonly number[]): void => {
    answer = predicting.predict(x);
  };

  return {
    plan,
    weights: own,
    parameters: own.parameters,
    nodes: outline.circuit.nodes,
    inputs: plan.inputs,
    outputs: plan.widths([plan.inputs])[0],
    rejected$: rejected.asObservable(),
    predict: (x) => {
      if (queue.busy()) return predicting.predict(x);
      queue.turn(answerTo, x); // a batch that a tap pushes meanwhile must not change the weights under it
      const given = answer!;
      answer = undefined;
      return given;
    },
    start,
    runs,
    started$: started.asObservable(),
    turn: queue.turn,
    get busy() {
      return queue.busy();
    },
    reject: (rejection) => rejected.next(rejection),
    dispose: () => {
      disposed = true;
      predicting.close();
      for (const run of [...runs]) run.close();
      started.complete();
      rejected.complete();
      if (!kernels) own.kernels.dispose?.(); // others may use those that were given
    },
  };
};
