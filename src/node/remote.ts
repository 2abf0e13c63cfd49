import type { Observable, OperatorFunction } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Model, Rejection } from "../graph/model.ts";
import type { Matrix } from "../math/matrix.ts";
import type { VersionedPrediction } from "./follower.ts";

/** What a worker's step is here: it tells which weights it has led to. */
export type Versioned<S> = S & {
  /** How many steps the worker had learned, with this one; predictions from those weights carry the same number. */
  readonly version: number;
};

/** A model that learns in a worker thread and answers in this one. */
export interface Remote<S extends object> {
  /** This thread's copy of the model, which follows the worker's; not to be trained here. */
  readonly model: Model;
  /** How many steps the weights of this thread's copy had learned. */
  readonly version: number;
  /** Batches that the worker has not reported as taken. */
  readonly depth: number;
  /** What the worker refused, with copies of the batches. */
  readonly rejected$: Observable<Rejection>;
  /**
   * Learns from each batch in the worker, in order, and emits the steps. One run is shared by all who subscribe, and
   * subscribing again starts `learn` anew, on the same weights. Batches that come faster than they are learned wait, up to
   * `maxPending`. Whoever leaves early may find that a few more batches have been learned.
   */
  train(): OperatorFunction<Batch, Versioned<S>>;
  /** The same for batches that are pulled from an iterable as the worker takes them: none is made before there is room. */
  trainOn(batches: Iterable<Batch> | AsyncIterable<Batch>): Observable<Versioned<S>>;
  /** Answers at once, from the newest published weights. @throws InvalidInputError as `model.predict` does. */
  predict(x: Matrix): VersionedPrediction;
  /** Brings the newest published weights into `model`, as `predict` does first; returns their version. */
  refresh(): number;
  /** Ends the worker, and completes all runs. Predictions go on from the weights that there are. */
  close(): Promise<void>;
}
