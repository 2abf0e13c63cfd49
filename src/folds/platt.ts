import type { Fold } from "../math/fold.ts";
import { finite, knownOptions } from "../math/invalid.ts";
import { type Calibration, calibrationRows } from "./calibration.ts";
import { columnwise } from "./columnwise.ts";
import { mapLogits, probabilitiesOf } from "./logits.ts";
import type { Scored } from "./scored.ts";
import { solvePositive } from "./solvePositive.ts";

export interface PlattOptions {
  /** η, of an online Newton step, whatever the scale of the logits: remembers about the last 1/η rows. */
  readonly lr?: number;
}

/** Logits become a·z + b. */
export interface Platt extends Calibration {
  /** a: below 1 for a model that is too sure of itself. */
  readonly slope: number;
  /** b, one a column; empty before the first row. */
  readonly intercepts: readonly number[];
}

export interface PlattState {
  count: number;
  /** θ = (a, b₁, …); a alone while any width will do. */
  theta: number[];
  /** A, the running mean of g·gᵀ + εI, row after row. */
  curvature: number[];
}

const actor = "platt()";
/** ε keeps A invertible, and steps small where all gradients vanish. */
const epsilon = 0.01;

/**
 * Platt scaling (Platt, 1999), learned online (Gupta & Ramdas, 2023): p = σ(a·z + b), where z is the logit of the predicted
 * probability; over several classes softmax(a·z + b) with one b a class (Alexandari, Kundaje & Shrikumar, 2020). Each row
 * makes an online Newton step (Hazan, Agarwal & Kale, 2007) that forgets, so that it goes on after a drift:
 * A ← (1 − η)·A + η·(g·gᵀ + εI), θ ← θ − η·A⁻¹·g, with g the gradient of the row's log loss; a row of weight w moves as far as w
 * rows, 1 − (1 − η)ʷ. Costs (k + 1)³ for k > 1 columns.
 * @example
 * steps$.pipe(calibrated(platt()));
 * @throws InvalidInputError on options out of range, and on predictions that are no probabilities; nothing has changed then.
 */
export const platt = (options: PlattOptions = {}): Fold<Scored, Platt, PlattState> => {
  knownOptions(actor, options, ["lr"]);
  const lr = finite(actor, "lr", options.lr ?? 0.01, { min: 1e-9, max: 1 });
  return {
    init: () => ({ count: 0, theta: [1], curvature: [] }),
    step: (state, scored) => {
      const { rows, cols } = scored.prediction;
      const each = calibrationRows(actor, scored, state.theta.length - 1, lr);
      if (rows === 0) return state;
      if (state.curvature.length === 0) start(state, cols);
      for (const { logits, truth, rate } of each) {
        const p = probabilitiesOf(through(state.theta, logits));
        const db = p.map((v, k) => v - truth[k]!);
        const g = [db.reduce((sum, d, k) => sum + d * logits[k]!, 0), ...db];
        newtonStep(state, g, rate);
      }
      state.count += rows;
      return state;
    },
    read: ({ count, theta: live }) => {
      const theta = [...live];
      const [slope, ...intercepts] = theta as [number, ...number[]];
      return {
        count,
        slope,
        intercepts,
        apply: columnwise(actor, intercepts.length, (data, cols, out) =>
          mapLogits(actor, data, cols, out, (logits) => through(theta, logits)),
        ),
      };
    },
  };
};

const start = (state: PlattState, cols: number): void => {
  const n = cols + 1;
  state.theta = [1, ...Array<number>(cols).fill(0)];
  state.curvature = Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0));
};

const through = ([a, ...b]: readonly number[], logits: readonly number[]): number[] =>
  logits.map((z, k) => a! * z + (b[k] ?? 0));

const newtonStep = ({ theta, curvature }: PlattState, g: readonly number[], rate: number): void => {
  const n = g.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      curvature[i * n + j]! += rate * (g[i]! * g[j]! + (i === j ? epsilon : 0) - curvature[i * n + j]!);
  const step = solvePositive(curvature, g);
  for (let i = 0; i < n; i++) theta[i]! -= rate * step[i]!;
};
