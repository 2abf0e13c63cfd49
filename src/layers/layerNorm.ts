import { constant, zeroInit } from "../math/initializers.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { call } from "./call.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";

/**
 * Each row to mean 0 and variance 1, then γ ∘ x̂ + β, learned (Ba, Kiros & Hinton, 2016). It treats every row alone, so it
 * suits batches of one.
 */
export const layerNorm = (width: number, options: { readonly epsilon?: number } = {}): Layer => {
  knownOptions(call("layerNorm", [width], {}), options, ["epsilon"]);
  const { epsilon = 1e-5 } = options;
  const source = call("layerNorm", [width], { epsilon: epsilon === 1e-5 ? undefined : epsilon });
  whole(source, "width", width);
  finite(source, "epsilon", epsilon, { min: 0 });
  return defineLayer({
    source,
    parameters: {
      gamma: { rows: 1, cols: width, init: constant(1) },
      beta: { rows: 1, cols: width, init: zeroInit() },
    },
    ...fixedWidth(source, width, width),
    plan: ({ rows, kernels, parameters, zeros }) => {
      const gamma = parameters.gamma!;
      const beta = parameters.beta!;
      const y = zeros(rows, width);
      const dx = zeros(rows, width);
      const normalized = zeros(rows, width); // x̂
      const deviation = zeros(rows, 1); // √(σ² + ε)
      const forward = kernels.normalizeRows(rows, width, epsilon);
      const backward = kernels.normalizeRowsBack(rows, width);
      return {
        forward(x) {
          forward(x, gamma.value, beta.value, normalized, deviation, y);
          return y;
        },
        backward(dy, accumulate) {
          backward(dy, gamma.value, normalized, deviation, gamma.grad, beta.grad, dx, accumulate);
          return dx;
        },
      };
    },
  });
};
