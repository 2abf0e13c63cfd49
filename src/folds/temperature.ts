import type { Fold } from "../math/fold.ts";
import { finite, knownOptions } from "../math/invalid.ts";
import { type Calibration, calibrationRows } from "./calibration.ts";
import { columnwise } from "./columnwise.ts";
import { mapLogits, probabilitiesOf } from "./logits.ts";
import type { Scored } from "./scored.ts";

export interface TemperatureOptions {
  /** η, of an online Newton step, whatever the scale of the logits: remembers about the last 1/η rows. */
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
  /** A, the running mean of g² + ε. */
  curvature: number;
}

const actor = "temperature()";
/** ε keeps steps small where all gradients vanish. */
const epsilon = 0.01;
/** T stays within [1/100, 100], so that it finds back soon. */
const most = Math.log(100);

/**
 * Temperature scaling (Guo et al., 2017), learned online: p = softmax(z / T), or the logistic function of z / T for one
 * column, where z are the logits of the predicted probabilities. Each row makes an online Newton step (Hazan, Agarwal & Kale,
 * 2007) that forgets, so that it goes on after a drift: A ← (1 − η)·A + η·(g² + ε), θ ← θ − η·g / A, with θ = ln T and g the
 * gradient of the row's log loss; a row of weight w moves as far as w rows, 1 − (1 − η)ʷ. The class predicted stays the same.
 * @example
 * steps$.pipe(calibrated(temperature()));
 * @throws InvalidInputError on options out of range, and on predictions that are no probabilities; nothing has changed then.
 */
export const temperature = (
  options: TemperatureOptions = {},
): Fold<Scored, Temperature, TemperatureState> => {
  knownOptions(actor, options, ["lr"]);
  const lr = finite(actor, "lr", options.lr ?? 0.01, { min: 1e-9, max: 1 });
  return {
    init: () => ({ count: 0, width: 0, theta: 0, curvature: 1 }),
    step: (state, scored) => {
      for (const { logits, truth, rate } of calibrationRows(actor, scored, state.width, lr)) {
        const scale = Math.exp(-state.theta);
        const p = probabilitiesOf(logits.map((z) => z * scale));
        // ∂ℓ/∂θ = −Σ (p − t)·z / T
        const g = -scale * logits.reduce((sum, z, k) => sum + (p[k]! - truth[k]!) * z, 0);
        state.curvature += rate * (g * g + epsilon - state.curvature);
        state.theta = Math.min(Math.max(state.theta - (rate * g) / state.curvature, -most), most);
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
