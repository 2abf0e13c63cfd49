import type { Fold } from "../math/fold.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { call } from "./call.ts";

export interface ReduceOnPlateauOptions {
  /** What is left of the rate after a reduction. */
  readonly factor?: number;
  /** How many losses without improvement are borne; the next one reduces the rate. */
  readonly patience?: number;
  /** What counts as an improvement: less than best·(1 − minDelta), or with "absolute" less than best − minDelta. */
  readonly minDelta?: number;
  readonly mode?: "relative" | "absolute";
  /** The rate does not fall below. */
  readonly minimum?: number;
  /** How many losses after a reduction are not counted. */
  readonly cooldown?: number;
}

export interface PlateauState {
  rate: number;
  best: number;
  /** Losses in a row that were no improvement. */
  bad: number;
  /** Losses of the cooldown still to come. */
  cooling: number;
}

/**
 * A rate that falls when the loss no longer does: a fold over the losses of the batches (as PyTorch's ReduceLROnPlateau,
 * which like this one ignores reductions of less than 10⁻⁸).
 * @example adam(reduceOnPlateau(1e-3, { patience: 100 }))
 */
export const reduceOnPlateau = (
  lr: number,
  options: ReduceOnPlateauOptions = {},
): Fold<number, number, PlateauState> & { readonly source: string } => {
  const {
    factor = 0.1,
    patience = 10,
    minDelta = 1e-4,
    mode = "relative",
    minimum = 0,
    cooldown = 0,
  } = options;
  const source = call("reduceOnPlateau", lr, options);
  knownOptions(source, options, ["factor", "patience", "minDelta", "mode", "minimum", "cooldown"]);
  finite(source, "learning rate", lr, { min: 0 });
  finite(source, "factor", factor, { min: 0, max: 1 });
  whole(source, "patience", patience, 0);
  finite(source, "minDelta", minDelta, { min: 0 });
  finite(source, "minimum", minimum, { min: 0 });
  whole(source, "cooldown", cooldown, 0);
  if (mode !== "relative" && mode !== "absolute")
    throw invalid(source, '"relative" or "absolute" as mode', String(mode));
  const goal = (best: number) => (mode === "relative" ? best * (1 - minDelta) : best - minDelta);
  return {
    source,
    init: () => ({ rate: lr, best: Number.MAX_VALUE, bad: 0, cooling: 0 }),
    step: (s, loss) => {
      const better = loss < goal(s.best);
      if (better) s.best = loss;
      s.bad = better || s.cooling > 0 ? 0 : s.bad + 1;
      if (s.cooling > 0) s.cooling--;
      if (s.bad > patience) {
        const reduced = Math.max(s.rate * factor, minimum);
        if (s.rate - reduced > 1e-8) s.rate = reduced;
        s.cooling = cooldown;
        s.bad = 0;
      }
      return s;
    },
    read: (s) => s.rate,
  };
};
