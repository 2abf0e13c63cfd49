import { map, Observable, type OperatorFunction, share } from "rxjs";
import { adwin } from "../folds/adwin.ts";
import type { DriftReading } from "../folds/drift.ts";
import type { Batch } from "../graph/batch.ts";
import type { Keeper } from "../graph/keeper.ts";
import type { Model } from "../graph/model.ts";
import { type Part, takePart } from "../graph/parts.ts";
import type { Fold } from "../math/fold.ts";
import { blame, invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { checkRule } from "../optimizers/checkRule.ts";
import type { DriftPolicy, Training } from "./driftPolicy.ts";
import type { Metrics } from "./metrics.ts";
import { type PrequentialOptions, type PrequentialStep, prequential } from "./prequential.ts";
import { receive } from "./receive.ts";

export interface AdaptingOptions<M extends Metrics> extends PrequentialOptions<M> {
  /** What to do on drift: `resetOptimizer()`, for example. */
  readonly policy: DriftPolicy;
  /** What says when the data has changed: {@link adwin}, unless told otherwise. */
  readonly detector?: Fold<number, DriftReading>;
  /** What the detector watches of each step: the loss from before its update, unless told otherwise. */
  readonly monitor?: (step: PrequentialStep<M>) => number;
}

/** A step with what the detector said of it, and what was done about that. */
export interface AdaptedStep<M extends Metrics> extends PrequentialStep<M> {
  readonly drift: "none" | "warning" | "drift";
  /** What the policy did after this step, or "none". */
  readonly adapted: string;
}

const actor = "adapting()";

/**
 * {@link prequential} that acts on drift: predicts, scores, learns, shows the detector what came of it, and then lets the
 * policy act, before the next batch. The policies are {@link alertOnly}, {@link resetOptimizer}, {@link raiseRate}, {@link swapBackground}
 * and {@link restart}, or one of your own. One run is shared by all who subscribe; detector and policy begin anew with each, but
 * for states that `load` brings back.
 * @throws InvalidInputError for options that are none, and on the stream for bad data, as `prequential` does.
 * @example
 * batches$.pipe(adapting(net, { loss, optimizer, detector: hddmW(), monitor: wrongShare, policy: swapBackground() }))
 */
export const adapting = <const M extends Metrics = Record<never, never>>(
  model: Model,
  options: AdaptingOptions<M>,
): OperatorFunction<Batch, AdaptedStep<M>> => {
  knownOptions(actor, options, names);
  const { policy, detector = adwin(), monitor = lossOf, ...learning } = options;
  if (typeof policy?.start !== "function")
    throw invalid(actor, "a policy, such as resetOptimizer()", inWords(policy));
  if (typeof detector?.read !== "function")
    throw invalid(actor, "a detector, such as adwin()", inWords(detector));
  if (typeof monitor !== "function") throw invalid(actor, "a function as monitor", inWords(monitor));
  checkRule(actor, options.optimizer);
  return (batches$) =>
    new Observable<AdaptedStep<M>>((out) => {
      const before = new Set(model.weights.rules);
      let keeper: Keeper | undefined;
      const training: Training = {
        ...learning,
        model,
        get keeper() {
          return keeper ?? notYet();
        },
      };
      const adaptation = policy.start(training);
      out.add(() => adaptation.close?.());
      const optimizer = adaptation.optimizer ?? options.optimizer;
      const batches = new WeakMap<Matrix, Batch>();
      /** The batch, which is known again by its targets. */
      const mark = (batch: Batch): Batch => {
        keeper ??= [...model.weights.rules].find((one) => !before.has(one)); // by now prequential has started it
        if (typeof batch?.y !== "object" || batch.y === null) return batch; // refused soon, in other words
        const { rows, cols, data } = batch.y;
        const marked = { ...batch, y: { rows, cols, data } };
        batches.set(marked.y, batch);
        return marked;
      };
      let state = detector.init();
      const part: Part = {
        source: `detector of ${actor}`,
        get: () => state,
        set: (saved) => {
          state = saved;
        },
      };
      out.add(takePart(model.weights.parts, part));
      if (adaptation.state) {
        const own = { source: `policy of ${actor}: ${policy.source}`, optional: true, ...adaptation.state };
        out.add(takePart(model.weights.parts, own));
      }
      const watch = (step: PrequentialStep<M>): DriftReading => {
        try {
          state = detector.step(state, monitor(step));
          return detector.read(state);
        } catch (error) {
          throw blame(`${actor} in detector`, error); // the batch is not to blame: it has been learned
        }
      };
      const adapted = (marked: PrequentialStep<M>): AdaptedStep<M> => {
        const batch = batches.get(marked.target)!;
        const step = { ...marked, target: batch.y };
        const reading = watch(step);
        const drift = reading.drift ? "drift" : reading.warning ? "warning" : "none";
        return { ...step, drift, adapted: adaptation.react(reading, batch) };
      };
      receive(batches$.pipe(map(mark), prequential(model, { ...learning, optimizer })), out, {
        next: (step) => {
          let made: AdaptedStep<M>;
          try {
            made = adapted(step);
          } catch (error) {
            out.error(error);
            return;
          }
          out.next(made);
        },
        error: (error) => out.error(error),
        complete: () => out.complete(),
      });
    }).pipe(share());
};

const names = [
  ...(["loss", "optimizer", "classWeight", "guard", "metrics", "onInvalid"] as const),
  ...(["policy", "detector", "monitor"] as const),
];

const lossOf = ({ loss }: { readonly loss: number }): number => loss;

const notYet = (): never => {
  throw new Error(`${actor} expects its optimizer at work, got none: it has not begun`);
};
