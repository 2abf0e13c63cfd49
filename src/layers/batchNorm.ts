import { constant, zeroInit } from "../math/initializers.ts";
import { finite, invalid, whole } from "../math/invalid.ts";
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
export const batchNorm = (
  width: number,
  { momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions = {},
): Layer => {
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
    plan: ({ rows: n, parameters, buffers, zeros, afterUpdate }) => {
      const gamma = parameters.gamma!;
      const beta = parameters.beta!;
      const running = { mean: buffers.mean!, variance: buffers.variance! };
      const y = zeros(n, width);
      const dx = zeros(n, width);
      const normalized = zeros(n, width); // x̂
      const mean = zeros(1, width); //        μ
      const variance = zeros(1, width); //    σ²
      let last: Mode;
      const commit = () => {
        for (let j = 0; j < width; j++) {
          const unbiased = (variance.data[j]! * n) / (n - 1);
          running.mean.data[j]! += momentum * (mean.data[j]! - running.mean.data[j]!);
          running.variance.data[j]! += momentum * (unbiased - running.variance.data[j]!);
        }
      };
      return {
        forward(x, mode) {
          last = mode;
          if (mode === "train" && n < 2)
            throw invalid(source, "at least 2 rows in training (layerNorm suits batches of one)", "1");
          for (let j = 0; j < width; j++) {
            if (mode === "train") {
              let sum = 0;
              for (let i = 0; i < n; i++) sum += x.data[i * width + j]!;
              mean.data[j] = sum / n;
              let squares = 0;
              for (let i = 0; i < n; i++) squares += (x.data[i * width + j]! - mean.data[j]!) ** 2;
              variance.data[j] = squares / n;
              if (!Number.isFinite(squares))
                throw invalid(source, "a finite variance in every column", String(squares));
            } else {
              mean.data[j] = running.mean.data[j]!;
              variance.data[j] = running.variance.data[j]!;
            }
            const deviation = Math.sqrt(variance.data[j]! + epsilon);
            for (let i = j; i < n * width; i += width) {
              normalized.data[i] = (x.data[i]! - mean.data[j]!) / deviation;
              y.data[i] = gamma.value.data[j]! * normalized.data[i]! + beta.value.data[j]!;
            }
          }
          return y;
        },
        backward(dy, accumulate) {
          for (let j = 0; j < width; j++) {
            let dγ = 0;
            let dβ = 0;
            for (let i = j; i < n * width; i += width) {
              dγ += dy.data[i]! * normalized.data[i]!;
              dβ += dy.data[i]!;
            }
            const scale = gamma.value.data[j]! / Math.sqrt(variance.data[j]! + epsilon);
            const [μdy, μdyx̂] = last === "train" ? [dβ / n, dγ / n] : [0, 0];
            for (let i = j; i < n * width; i += width)
              dx.data[i] = scale * (dy.data[i]! - μdy - normalized.data[i]! * μdyx̂);
            gamma.grad.data[j] = (accumulate ? gamma.grad.data[j]! : 0) + dγ;
            beta.grad.data[j] = (accumulate ? beta.grad.data[j]! : 0) + dβ;
          }
          if (last === "train") afterUpdate(commit);
          return dx;
        },
      };
    },
  });
};
