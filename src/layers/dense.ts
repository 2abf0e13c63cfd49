import { glorotUniform, type Initializer, zeroInit } from "../math/initializers.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Activation, activationOf } from "./activation.ts";
import { call } from "./call.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";
import { sparseDense } from "./sparseDense.ts";

export interface DenseOptions {
  /** Applied to the output: `relu()` or `"relu"`. */
  readonly activation?: Activation;
  readonly bias?: boolean;
  /**
   * The input comes as rows of entries (see {@link sparse}): hashed features, bags of words. Forward and backward cost by
   * the entries, and the gradient is sparse, so that a `lazy` rule updates only the rows that a batch names.
   */
  readonly sparse?: boolean;
  /** How W starts; b starts at zero. */
  readonly init?: Initializer;
}

/**
 * A fully connected layer: y = f(x·W + b), with x of n × inputs, W of inputs × outputs, b of 1 × outputs.
 * Its pullback (Rumelhart, Hinton & Williams, 1986): dz = dy ∘ f′(z), dW = xᵀ·dz, db = Σ dz over the rows, dx = dz·Wᵀ.
 * @throws InvalidInputError when a size is not a whole number above 0, or the activation is unknown.
 */
export const dense = (inputs: number, outputs: number, options: DenseOptions = {}): Layer => {
  const actor = call("dense", [inputs, outputs], {});
  knownOptions(actor, options, ["activation", "bias", "sparse", "init"]);
  const { activation, bias = true, sparse = false, init = glorotUniform() } = options;
  const f = activation === undefined ? undefined : activationOf(activation, actor);
  const source = call("dense", [inputs, outputs], {
    activation: f?.source,
    bias: bias ? undefined : false,
    sparse: sparse || undefined,
  });
  whole(source, "inputs", inputs);
  whole(source, "outputs", outputs);
  const W = { rows: inputs, cols: outputs, init, sparse };
  const b = { rows: 1, cols: outputs, init: zeroInit() };
  return defineLayer({
    source,
    parameters: bias ? { W, b } : { W },
    modal: f?.modal ?? false,
    ...fixedWidth(source, inputs, outputs),
    acceptsSparse: sparse,
    trace: { rows: "W", cols: bias ? ["W", "b"] : ["W"] },
    ...(f && !sparse ? { activation: f.source } : {}),
    plan: (site) => {
      if (sparse) return sparseDense(site, outputs, f);
      const { rows, kernels, parameters, wantsInputGrad, zeros } = site;
      const W = parameters.W!;
      const b = parameters.b;
      const fused = f && kernels.fuses(f.source) ? f.source : undefined;
      const product = kernels.dense(
        { rows, inputs, outputs, bias, activation: fused, wantsInputGrad },
        zeros,
      );
      const activate = fused
        ? undefined
        : f?.plan({ ...site, widths: [outputs], parameters: {}, buffers: {}, wantsInputGrad: true });
      const y = zeros(rows, outputs);
      const dx = wantsInputGrad ? zeros(rows, inputs) : zeros(0, inputs);
      let x: Matrix;
      return {
        forward(input, mode) {
          x = input;
          product.forward(x, W.value, b?.value, y); //        y = x·W + b, or f of that
          return activate ? activate.forward(y, mode) : y;
        },
        backward(dy, accumulate, preActivation = false) {
          const dz = activate && !preActivation ? activate.backward(dy, false) : dy;
          product.backward(x, y, dz, W.value, W.grad, b?.grad, dx, accumulate, preActivation);
          return dx;
        },
      };
    },
  });
};
