import { zeroInit } from "../math/initializers.ts";
import type { Layer } from "./layer.ts";
import { type RecurrentOptions, recurrent } from "./recurrent.ts";
import type { Cell } from "./unrolled.ts";

const cell: Cell = {
  type: "gru",
  gates: 3, // r, z, n
  states: ["h"],
  bias: zeroInit,
  plan: ({ rows, kernels, zeros }, units, steps) => {
    const { forward, backward } = kernels.gru(rows, units, steps);
    const h = Array.from({ length: steps + 1 }, () => zeros(rows, units));
    const kept = Array.from({ length: steps }, () => zeros(rows, 4 * units));
    const direct = zeros(rows, units);
    return {
      states: { h },
      direct,
      forward: (t, gi, gh) => forward(t, gi, gh, h[t]!, kept[t]!, h[t + 1]!),
      backward: (t, dNext, dgi, dgh) => backward(t, dNext, kept[t]!, h[t]!, dgi, dgh, direct),
    };
  },
};

/**
 * Gated recurrent units over the `steps` steps of each row (Cho et al., 2014, in PyTorch's form), from x of n × (steps·inputs):
 *
 *     r = σ(x·W_ir + b_ir + h·W_hr + b_hr)        z = σ(x·W_iz + b_iz + h·W_hz + b_hz)
 *     n = tanh(x·W_in + b_in + r ∘ (h·W_hn + b_hn))   h′ = (1 − z) ∘ n + z ∘ h
 *
 * W_ih (inputs × 3·units) and W_hh (units × 3·units) hold the blocks r, z, n side by side, b_ih and b_hh (1 × 3·units) too:
 * PyTorch's `weight_ih_l0` and `weight_hh_l0` transposed, and its biases. W_ih starts as glorotUniform, W_hh as orthogonal, the
 * biases at 0, as in Keras. The gradient goes back through all steps of the row, and no further.
 * @throws InvalidInputError when a size is not a whole number above 0; with `stateful`, for a batch of other rows than `streams`.
 */
export const gru = (inputs: number, units: number, options: RecurrentOptions): Layer =>
  recurrent(cell, inputs, units, options);
