import type { Fold } from "../math/fold.ts";
import { finite, knownOptions } from "../math/invalid.ts";
import { type Calibration, calibrationRows } from "./calibration.ts";
import { columnwise } from "./columnwise.ts";
import { mapLogits, probabilitiesOf } from "./logits.ts";
import type { Scored } from "./scored.ts";

export interface TemperatureOptions {
  /** η, how far a row moves ln T along the gradient of its log loss: remembers about the last 1/η rows. */
  readonly lr?: number;
}

/** Logits are divided by the temperature: above 1 for a model that is too sure of itself. */
export interface Temperature extends Calibration {
  readonly temperature: number;
}

export interface TemperatureState {
  count: number;
  /** 0 while any width will do. */
  width: number;
  /** θ = ln T. */
  theta: number;
}

const actor = "temperature()";
/** T stays within [1/100, 100], so that it finds back soon. */
const most = Math.log(100);

/**
 * Temperature scaling (Guo et al., 2017), learned online: p = softmax(z / T), or the logistic function of z / T for one
 * column, where z are the logits of the predicted probabilities. Each row moves θ = ln T by −η·w·∂ℓ/∂θ of its log loss ℓ.
 * The class predicted stays the same.
 * @example
 * steps$.pipe(calibrated(temperature()));
 * @throws InvalidInputError on options out of range, and on predictions that are no probabilities; nothing has changed then.
 */
export const temperature = (
  options: TemperatureOptions = {},
): Fold<Scored, Temperature, TemperatureState> => {
  knownOptions(actor, options, ["lr"]);
  const lr = finite(actor, "lr", options.lr ?? 0.01, { min: Number.MIN_VALUE });
  return {
    init: () => ({ count: 0, width: 0, theta: 0 }),
    step: (state, scored) => {
      for (const { logits, truth, weight } of calibrationRows(actor, scored, state.width)) {
        const scale = Math.exp(-state.theta);
        const p = probabilitiesOf(logits.map((z) => z * scale));
        // ∂ℓ/∂θ = −Σ (p − t)·z / T
        const slope = -scale * logits.reduce((sum, z, k) => sum + (p[k]! - truth[k]!) * z, 0);
        state.theta = Math.min(Math.max(state.theta - lr * weight * slope, -most), most);
      }
      state.count += scored.prediction.rows;
      state.width = scored.prediction.cols;
      return state;
    },
    read: ({ count, width, theta }) => {
      const scale = Math.exp(-theta);
      return {
        count,
        temperature: Math.exp(theta),
        apply: columnwise(actor, width, (data, cols, out) =>
          mapLogits(actor, data, cols, out, (logits) => logits.map((z) => z * scale)),
        ),
      };
    },
  };
};
