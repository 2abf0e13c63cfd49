import type { Initializer } from "../math/initializers.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import type { Kernels } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Activation, activationOf } from "./activation.ts";
import { call } from "./call.ts";
import { dense } from "./dense.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";
import { reshaped } from "./reshaped.ts";

export interface Conv1dOptions {
  /** How many steps a row holds, one after another: step t in the columns t·inputs … (t + 1)·inputs − 1. */
  readonly steps: number;
  /** How many steps of the input a step of the output sees. */
  readonly kernelSize: number;
  /** How far apart they are; 1 is next to each other. */
  readonly dilation?: number;
  /** Applied to each step of the output: `relu()` or `"relu"`. */
  readonly activation?: Activation;
  readonly bias?: boolean;
  /** How W starts; b starts at zero. */
  readonly init?: Initializer;
}

/**
 * A causal convolution over the steps of each row, n × (steps·inputs) to n × (steps·filters): step t of the output sees the
 * steps t, t − dilation, …, t − (kernelSize − 1)·dilation of the input, and zeros before the first (van den Oord et al., 2016):
 *
 *     y_t = f(Σ_j x_{t − (kernelSize − 1 − j)·dilation}·W_j + b), j = 0 … kernelSize − 1
 *
 * W ((kernelSize·inputs) × filters) holds the W_j one below another, as a dense layer over what a step sees would, and starts
 * like one; PyTorch's `weight` is filters × inputs × kernelSize: W[j·inputs + k, m] = weight[m, k, j].
 * @throws InvalidInputError when a size is not a whole number above 0, or the activation is unknown.
 */
export const conv1d = (inputs: number, filters: number, options: Conv1dOptions): Layer => {
  const actor = call("conv1d", [inputs, filters], {});
  knownOptions(actor, options, ["steps", "kernelSize", "dilation", "activation", "bias", "init"]);
  const { steps, kernelSize, dilation = 1, activation, bias = true, init } = options;
  const f = activation === undefined ? undefined : activationOf(activation, actor);
  const source = call("conv1d", [inputs, filters], {
    steps,
    kernelSize,
    dilation: dilation === 1 ? undefined : dilation,
    activation: f?.source,
    bias: bias ? undefined : false,
  });
  for (const [what, value] of Object.entries({ inputs, filters, steps, kernelSize, dilation }))
    whole(source, what, value);
  const seen = kernelSize * inputs;
  const product = dense(seen, filters, {
    bias,
    ...(f ? { activation: f } : {}),
    ...(init ? { init } : {}),
  });
  return defineLayer({
    source,
    parameters: product.parameters,
    modal: product.modal,
    ...fixedWidth(source, steps * inputs, steps * filters),
    plan: (site) => {
      const { rows: n, kernels, wantsInputGrad, zeros } = site;
      const unfolded = zeros(n * steps, seen); // before the first step it stays zero
      const affine = product.plan({ ...site, rows: n * steps, widths: [seen] });
      const dx = zeros(wantsInputGrad ? n : 0, steps * inputs);
      const [x, dxByStep] = [reshaped(kernels, n * steps, inputs), reshaped(kernels, n * steps, inputs)];
      const [y, dyByStep] = [reshaped(kernels, n, steps * filters), reshaped(kernels, n * steps, filters)];
      const taps = tapsOf(kernels, n, { steps, inputs, kernelSize, dilation });
      return {
        forward(given, mode) {
          const from = x(given);
          for (const { copy, delayed, tap } of taps) copy(from, delayed, unfolded, tap, false);
          return y(affine.forward(unfolded, mode));
        },
        backward(dy, accumulate) {
          const back = affine.backward(dyByStep(dy), accumulate);
          if (!wantsInputGrad) return dx;
          const to = dxByStep(dx);
          for (const { copy, delayed, tap, adds } of taps) copy(back, tap, to, delayed, adds);
          return dx;
        },
      };
    },
  });
};

/** One step that outputs see, j of one example: where its first number stands in x and in the unfolded input. */
interface Tap {
  readonly copy: (x: Matrix, from: number, y: Matrix, to: number, accumulate: boolean) => void;
  readonly delayed: number;
  readonly tap: number;
  /** Whether others have been written to the same place of dx before. */
  readonly adds: boolean;
}

const tapsOf = (
  kernels: Kernels,
  n: number,
  {
    steps,
    inputs,
    kernelSize,
    dilation,
  }: Readonly<Record<"steps" | "inputs" | "kernelSize" | "dilation", number>>,
): readonly Tap[] => {
  const seen = kernelSize * inputs;
  return Array.from({ length: kernelSize }, (_, delay) => delay).flatMap((delay) => {
    const late = delay * dilation;
    if (late >= steps) return [];
    const copy = kernels.columns(steps - late, inputs);
    return Array.from({ length: n }, (_, i) => ({
      copy,
      delayed: i * steps * inputs,
      tap: (i * steps + late) * seen + (kernelSize - 1 - delay) * inputs,
      adds: delay > 0, // no delay reaches every step, and comes first
    }));
  });
};
