import type { MonoTypeOperatorFunction, Observer, OperatorFunction, Unsubscribable } from "rxjs";
import type { LabelCounts } from "../folds/labelCounts.ts";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Load } from "../streams/backpressure.ts";

/** What to read of the steps. */
export interface StepsOptions<S> {
  /** Where a step has its metrics, if not as `metrics`: what `withFolds` has added, for example. */
  readonly metrics?: (step: S) => object | undefined;
  /** A model whose parameters are measured at each so many-th step (100): two norms each. */
  readonly norms?: { readonly model: Pick<Model, "parameters">; readonly every?: number };
}

/** One model, watched: what of a pipe is told to whom. Nothing here can end the stream that it stands in. */
export interface Telemetry {
  /** Passes steps through, of any operator that learns, and tells of them. One subscription is shared by all who subscribe. */
  readonly steps: <S extends object>(options?: StepsOptions<S>) => MonoTypeOperatorFunction<S>;
  /** An operator that learns, with how long it takes for a batch; tells of its steps, too. For one that answers before the next batch comes. */
  readonly learning: <S extends object>(
    operator: OperatorFunction<Batch, S>,
    options?: StepsOptions<S>,
  ) => OperatorFunction<Batch, S>;
  /** Passes predictions through, and tells of their rows and their version. */
  readonly predictions: <P extends Matrix | { readonly prediction: Matrix }>() => MonoTypeOperatorFunction<P>;
  /** Tells of the batches that a model refuses, until one of both ends. */
  readonly rejected: (model: Pick<Model, "rejected$">) => Unsubscribable;
  /** The same of events and samples: `minibatch(32, { onInvalid: "skip", rejected: watch.refused })`. */
  readonly refused: (item: unknown, reason: Error) => void;
  /** How a queue stands: `backpressure({ load: watch.load })`. */
  readonly load: (load: Load) => void;
  /** The same for one of several queues. */
  readonly queue: (name: string) => (load: Load) => void;
  /** What became of late labels: `joinLabels(labels$, { counts: watch.labels })`. */
  readonly labels: Pick<Observer<LabelCounts>, "next">;
  /** What became of checkpoints: `checkpoint(net, { dir, ...watch.checkpoints })`. */
  readonly checkpoints: {
    readonly written: Pick<Observer<{ readonly path: string; readonly position: unknown }>, "next">;
    readonly errors: Pick<Observer<Error>, "next">;
  };
  /** Takes back all that was registered, and listens no more. */
  readonly close: () => void;
}
