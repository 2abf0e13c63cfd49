import type { MonoTypeOperatorFunction } from "rxjs";
import type { Model } from "../graph/model.ts";
import { takePart } from "../graph/parts.ts";
import { putBack, type Snapshot, snapshot } from "../graph/snapshot.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { operate } from "./operate.ts";
import type { Step } from "./train.ts";

export interface EarlyStoppingOptions<S> {
  /** How many readings without improvement end the stream. */
  readonly patience: number;
  /** What counts as an improvement: less than the best by more than this. */
  readonly minDelta?: number;
  /** What to watch, lower is better; a step for which it is undefined does not count. By default `validationLoss`, or `loss` where there is none. */
  readonly monitor?: (step: S) => number | undefined;
  /**
   * Whether the model gets back the weights that it had when the best reading came: those after that step's update. Its
   * `loss` is from before the update, so they have learned one batch more than it says; `validationLoss` is from after.
   */
  readonly restoreBest?: boolean;
}

/**
 * Completes, and so unsubscribes upstream, when what it watches has not improved for so long (Prechelt, 1998). The step
 * that ends it is still emitted.
 */
export const earlyStopping = <S extends Step>(
  model: Model,
  options: EarlyStoppingOptions<S>,
): MonoTypeOperatorFunction<S> => {
  knownOptions("earlyStopping()", options, ["patience", "minDelta", "monitor", "restoreBest"]);
  const { patience, minDelta = 0, monitor, restoreBest = false } = options;
  whole("earlyStopping()", "patience", patience);
  finite("earlyStopping()", "minDelta", minDelta, { min: 0 });
  return operate<S, S>((out) => {
    let best = Number.POSITIVE_INFINITY;
    let since = 0;
    let validated = false;
    const watch =
      monitor ??
      (({ validationLoss, loss }: S) => {
        validated ||= validationLoss !== undefined;
        return validated ? validationLoss : loss;
      });
    let kept: Snapshot | undefined;
    const restore = (): void => {
      if (kept) putBack(model.weights, kept);
    };
    const own = () => ({ best, since, validated, kept });
    out.add(
      takePart(model.weights.parts, {
        source: "earlyStopping()",
        get: own,
        set: (state) => {
          ({ best, since, validated, kept } = state as ReturnType<typeof own>);
        },
      }),
    );
    return {
      next: (step) => {
        const reading = watch(step);
        if (reading !== undefined) {
          if (reading < best - minDelta) {
            best = reading;
            since = 0;
            if (restoreBest) kept = snapshot(model.weights);
          } else since++; // NaN is no improvement
        }
        out.next(step);
        if (since < patience) return;
        restore();
        out.complete();
      },
      complete: () => restore(),
    };
  });
};
