import type { Initializer } from "../math/initializers.ts";
import type { Layer } from "./layer.ts";
import { type RecurrentOptions, recurrent } from "./recurrent.ts";
import type { Cell } from "./unrolled.ts";

/** 1 for the forget gate, so that a young cell keeps what it has (Jozefowicz, Zaremba & Sutskever, 2015); 0 for the others. */
const remembering =
  (units: number): Initializer =>
  ({ data }) => {
    data.fill(0);
    data.fill(1, units, 2 * units);
  };

const cell: Cell = {
  type: "lstm",
  gates: 4, // i, f, g, o
  states: ["h", "c"],
  bias: remembering,
  plan: ({ rows, kernels, zeros }, units, steps) => {
    const { forward, backward } = kernels.lstm(rows, units, steps);
    const h = Array.from({ length: steps + 1 }, () => zeros(rows, units));
    const c = Array.from({ length: steps + 1 }, () => zeros(rows, units));
    const kept = Array.from({ length: steps }, () => zeros(rows, 5 * units));
    const dc = zeros(rows, units);
    return {
      states: { h, c },
      forward: (t, gi, gh) => forward(t, gi, gh, c[t]!, kept[t]!, c[t + 1]!, h[t + 1]!),
      backward: (t, dNext, dgi, dgh) => {
        if (t === steps - 1) dc.data.fill(0); // nothing reads c after the last step
        backward(t, dNext, dc, kept[t]!, c[t]!, dgi, dgh);
      },
    };
  },
};

/**
 * Long short-term memory over the `steps` steps of each row (Hochreiter & Schmidhuber, 1997; Gers et al., 2000; in PyTorch's
 * form), from x of n × (steps·inputs):
 *
 *     i, f, o = σ(x·W_i· + b_i· + h·W_h· + b_h·), each with its own      g = tanh(x·W_ig + b_ig + h·W_hg + b_hg)
 *     c′ = f ∘ c + i ∘ g                                                 h′ = o ∘ tanh c′
 *
 * W_ih (inputs × 4·units) and W_hh (units × 4·units) hold the blocks i, f, g, o side by side, b_ih and b_hh (1 × 4·units) too:
 * PyTorch's `weight_ih_l0` and `weight_hh_l0` transposed, and its biases. W_ih starts as glorotUniform, W_hh as orthogonal, the
 * biases at 0 but for b_if, which is 1, as in Keras. The gradient goes back through all steps of the row, and no further.
 * @throws InvalidInputError when a size is not a whole number above 0; with `stateful`, for a batch of other rows than `streams`.
 */
export const lstm = (inputs: number, units: number, options: RecurrentOptions): Layer =>
  recurrent(cell, inputs, units, options);
