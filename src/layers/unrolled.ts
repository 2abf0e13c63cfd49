import type { Initializer } from "../math/initializers.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Mode, Parameter, Pass, Site } from "./layer.ts";

/** What happens at each step of a recurrent layer between its products; matrices of states are n × units. */
export interface Steps {
  /** Its states by name, each before step 0, after step 0, …, after the last one; h is one of them. */
  readonly states: Readonly<Record<string, readonly Matrix[]>>;
  /** What goes from dh′ to dh beside the product with W_hh. */
  readonly direct?: Matrix;
  /** From gi = x·W_ih + b_ih of all steps and gh = h·W_hh + b_hh of step t the states after step t. */
  forward(t: number, gi: Matrix, gh: Matrix): void;
  /** From dh′ the gradients of gi and gh at step t; t goes down. */
  backward(t: number, dNext: Matrix, dgi: Matrix, dgh: Matrix): void;
}

/** What tells one recurrent layer from another. */
export interface Cell {
  readonly type: "gru" | "lstm";
  readonly gates: number;
  readonly states: readonly string[];
  /** How b_ih starts. */
  readonly bias: (units: number) => Initializer;
  plan(site: Site, units: number, steps: number): Steps;
}

/** The sizes of a recurrent layer, and what goes in and out of its steps. */
export interface RecurrentShape {
  readonly inputs: number;
  readonly units: number;
  readonly steps: number;
  readonly returnSequences: boolean;
  readonly stateful: boolean;
}

type Weights = Readonly<Record<"W_ih" | "W_hh" | "b_ih" | "b_hh", Parameter>>;

/** A recurrent layer at a site: forward through all steps of its rows, and backward through all of them (Werbos, 1990). */
export const unrolled = (
  site: Site,
  cell: Cell,
  { inputs, units, steps, returnSequences, stateful }: RecurrentShape,
): Pass => {
  const { rows: n, kernels, buffers, wantsInputGrad, zeros, afterUpdate } = site;
  const { W_ih, W_hh, b_ih, b_hh } = site.parameters as Weights;
  const wide = cell.gates * units;
  const shape = { outputs: wide, bias: true, activation: undefined };
  // the steps of all rows lie one after another: to the product with W_ih they are n·steps rows
  const input = kernels.dense({ ...shape, rows: n * steps, inputs, wantsInputGrad }, zeros);
  const hidden = kernels.dense({ ...shape, rows: n, inputs: units, wantsInputGrad: true }, zeros);
  const copy = kernels.columns(n, units);
  const add = kernels.add(n * units);
  const step = cell.plan(site, units, steps);
  const states = Object.entries(step.states);
  const h = step.states.h!;
  const y = returnSequences ? zeros(n, steps * units) : h[steps]!;
  const [gi, gh] = [zeros(n, steps * wide), zeros(n, wide)];
  const [dgi, dgh] = [zeros(n, steps * wide), zeros(n, wide)];
  const dh = zeros(n, units);
  const dx = zeros(wantsInputGrad ? n : 0, steps * inputs);
  const resume = (): void => {
    for (const [name, at] of states) copy(buffers[name]!, 0, at[0]!, 0, false);
  };
  const commit = (): void => {
    for (const [name, at] of states) copy(at[steps]!, 0, buffers[name]!, 0, false);
  };
  let x: Matrix;
  let last: Mode;
  return {
    forward(given, mode) {
      x = given;
      last = mode;
      if (stateful) resume();
      input.forward(x, W_ih.value, b_ih.value, gi); //                    gi = x·W_ih + b_ih, at all steps
      for (let t = 0; t < steps; t++) {
        hidden.forward(h[t]!, W_hh.value, b_hh.value, gh); //             gh = h·W_hh + b_hh
        step.forward(t, gi, gh);
        if (returnSequences) copy(h[t + 1]!, 0, y, t * units, false);
      }
      return y;
    },
    backward(dy, accumulate) {
      copy(dy, returnSequences ? (steps - 1) * units : 0, dh, 0, false);
      for (let t = steps - 1; t >= 0; t--) {
        step.backward(t, dh, dgi, dgh);
        const more = accumulate || t < steps - 1;
        // dW_hh = Σ hᵀ·dgh and db_hh = Σ dgh over the steps, dh = dgh·W_hhᵀ
        hidden.backward(h[t]!, gh, dgh, W_hh.value, W_hh.grad, b_hh.grad, dh, more);
        if (step.direct) add(step.direct, dh, dh);
        if (returnSequences && t > 0) copy(dy, (t - 1) * units, dh, 0, true);
      }
      input.backward(x, gi, dgi, W_ih.value, W_ih.grad, b_ih.grad, dx, accumulate);
      if (stateful && last === "train") afterUpdate(commit);
      return dx;
    },
  };
};
