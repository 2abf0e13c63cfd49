import { constant } from "../math/initializers.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { call } from "./call.ts";
import { type HedgeRule, hedgeWeights } from "./hedgeWeights.ts";
import { defineLayer, fixedWidth, type Layer, type Mode } from "./layer.ts";

export interface HedgedHeadsOptions extends Partial<HedgeRule> {}

/**
 * The weighted mean of heads that stand side by side, F = Σ αₗ·fₗ: from n × (heads · outputs) to n × outputs. The weights α, which
 * begin equal and sum to 1, are a buffer: the losses of the heads move them in training, and
 * predictions do not. In training it answers with what `hedged` takes, the heads and then α in each row,
 * n × (heads · outputs + heads): the gradient of Σ αₗ·Lₗ by αₗ is the loss Lₗ, and so the losses come back by the way of gradients.
 * @throws InvalidInputError when a size is no whole number above 0, or beta or smoothing is not above 0 and at most 1.
 */
export const hedgedHeads = (heads: number, outputs: number, options: HedgedHeadsOptions = {}): Layer => {
  knownOptions(call("hedgedHeads", [heads, outputs], {}), options, ["beta", "smoothing", "scaled"]);
  const { beta = 0.99, smoothing = 0.2, scaled = false } = options;
  const source = call("hedgedHeads", [heads, outputs], {
    beta: beta === 0.99 ? undefined : beta,
    smoothing: smoothing === 0.2 ? undefined : smoothing,
    scaled: scaled || undefined,
  });
  whole(source, "heads", heads);
  whole(source, "outputs", outputs);
  finite(source, "beta", beta, { min: 1e-9, max: 1 });
  finite(source, "smoothing", smoothing, { min: 1e-9, max: 1 });
  if (typeof scaled !== "boolean") throw invalid(source, "true or false as scaled", String(scaled));
  const wide = heads * outputs;
  return defineLayer({
    source,
    modal: true,
    buffers: { alpha: { rows: 1, cols: heads, init: constant(1 / heads) } },
    ...fixedWidth(source, wide, outputs),
    trace: {
      backward: (columns) => [
        Array.from({ length: heads }, (_, l) => columns.map((j) => l * outputs + j)).flat(),
      ],
    },
    plan: ({ rows: n, buffers, zeros, afterUpdate }) => {
      const alpha = buffers.alpha!;
      const F = zeros(n, outputs);
      const sideBySide = zeros(n, wide + heads);
      const dx = zeros(n, wide);
      const losses = new Float64Array(heads);
      const commit = () => hedgeWeights(alpha.data, losses, { beta, smoothing, scaled });
      let last: Mode;
      return {
        forward({ data: x }, mode) {
          last = mode;
          const α = alpha.data;
          if (mode === "train") {
            const y = sideBySide.data;
            for (let i = 0; i < n; i++) {
              for (let j = 0; j < wide; j++) y[i * (wide + heads) + j] = x[i * wide + j]!;
              for (let l = 0; l < heads; l++) y[i * (wide + heads) + wide + l] = α[l]!;
            }
            return sideBySide;
          }
          for (let i = 0; i < n; i++)
            for (let j = 0; j < outputs; j++) {
              let sum = 0;
              for (let l = 0; l < heads; l++) sum += α[l]! * x[i * wide + l * outputs + j]!;
              F.data[i * outputs + j] = sum;
            }
          return F;
        },
        backward({ data: dy }) {
          if (last === "infer") {
            for (let i = 0; i < n; i++)
              for (let j = 0; j < wide; j++)
                dx.data[i * wide + j] =
                  alpha.data[Math.floor(j / outputs)]! * dy[i * outputs + (j % outputs)]!;
            return dx;
          }
          losses.fill(0);
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < wide; j++) dx.data[i * wide + j] = dy[i * (wide + heads) + j]!;
            for (let l = 0; l < heads; l++) losses[l]! += dy[i * (wide + heads) + wide + l]!;
          }
          afterUpdate(commit);
          return dx;
        },
      };
    },
  });
};
