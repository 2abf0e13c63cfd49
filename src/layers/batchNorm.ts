import { constant, zeroInit } from "../math/initializers.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { call } from "./call.ts";
import { defineLayer, fixedWidth, type Layer, type Mode } from "./layer.ts";

export interface BatchNormOptions {
  /** How much of each batch goes into the running statistics. */
  readonly momentum?: number;
  readonly epsilon?: number;
}

/**
 * Each column to mean 0 and variance 1 over the batch, then γ ∘ x̂ + β, learned; at inference with running statistics
 * (Ioffe & Szegedy, 2015; the running variance is the unbiased one, as in PyTorch).
 * @throws InvalidInputError in training on a batch of one row, which has no variance; layerNorm suits those.
 */
export const batchNorm = (width: number, options: BatchNormOptions = {}): Layer => {
  knownOptions(call("batchNorm", [width], {}), options, ["momentum", "epsilon"]);
  const { momentum = 0.1, epsilon = 1e-5 } = options;
  const source = call("batchNorm", [width], {
    momentum: momentum === 0.1 ? undefined : momentum,
    epsilon: epsilon === 1e-5 ? undefined : epsilon,
  });
  whole(source, "width", width);
  finite(source, "momentum", momentum, { min: 0, max: 1 });
  finite(source, "epsilon", epsilon, { min: 0 });
  const row = (c: number) => ({ rows: 1, cols: width, init: constant(c) });
  return defineLayer({
    source,
    modal: true,
    parameters: { gamma: row(1), beta: { rows: 1, cols: width, init: zeroInit() } },
    buffers: { mean: row(0), variance: row(1) },
    ...fixedWidth(source, width, width),
    plan: ({ rows: n, kernels, parameters, buffers, zeros, afterUpdate }) => {
      const gamma = parameters.gamma!;
      const beta = parameters.beta!;
      const running = { mean: buffers.mean!, variance: buffers.variance! };
      const y = zeros(n, width);
      const dx = zeros(n, width);
      const normalized = zeros(n, width); // x̂
      const mean = zeros(1, width); //        μ
      const variance = zeros(1, width); //    σ²
      const moments = kernels.moments(n, width);
      const normalize = kernels.normalizeColumns(n, width, epsilon);
      const back = kernels.normalizeColumnsBack(n, width, epsilon);
      const approach = kernels.approach(width);
      let last: Mode;
      const commit = () => {
        approach(running.mean, mean, 1, momentum);
        approach(running.variance, variance, n / (n - 1), momentum); // the unbiased one
      };
      return {
        forward(x, mode) {
          last = mode;
          if (mode === "infer") {
            normalize(x, running.mean, running.variance, gamma.value, beta.value, normalized, y);
            return y;
          }
          if (n < 2)
            throw invalid(source, "at least 2 rows in training (layerNorm suits batches of one)", "1");
          moments(x, mean, variance);
          if (!kernels.finiteSquares(variance, 0, width))
            throw invalid(source, "a finite variance in every column", firstNotFinite(variance));
          normalize(x, mean, variance, gamma.value, beta.value, normalized, y);
          return y;
        },
        backward(dy, accumulate) {
          const fixed = last === "infer";
          const spread = fixed ? running.variance : variance;
          back(dy, gamma.value, normalized, spread, gamma.grad, beta.grad, dx, accumulate, fixed);
          if (!fixed) afterUpdate(commit);
          return dx;
        },
      };
    },
  });
};

const firstNotFinite = ({ data }: Matrix): string => {
  for (const x of data) if (!Number.isFinite(x)) return String(x);
  return "one that is not";
};
