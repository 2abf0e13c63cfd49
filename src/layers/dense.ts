import { glorotUniform, type Initializer, zeroInit } from "../math/initializers.ts";
import { whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Activation, activationOf } from "./activation.ts";
import { call } from "./call.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";

export interface DenseOptions {
  /** Applied to the output: `relu()` or `"relu"`. */
  readonly activation?: Activation;
  readonly bias?: boolean;
  /** How W starts; b starts at zero. */
  readonly init?: Initializer;
}

/**
 * A fully connected layer: y = f(x·W + b), with x of n × inputs, W of inputs × outputs, b of 1 × outputs.
 * Its pullback (Rumelhart, Hinton & Williams, 1986): dz = dy ∘ f′(z), dW = xᵀ·dz, db = Σ dz over the rows, dx = dz·Wᵀ.
 * @throws InvalidInputError when a size is not a whole number above 0, or the activation is unknown.
 */
export const dense = (
  inputs: number,
  outputs: number,
  { activation, bias = true, init = glorotUniform() }: DenseOptions = {},
): Layer => {
  const f = activation === undefined ? undefined : activationOf(activation);
  const source = call("dense", [inputs, outputs], { activation: f?.source, bias: bias ? undefined : false });
  whole(source, "inputs", inputs);
  whole(source, "outputs", outputs);
  const W = { rows: inputs, cols: outputs, init };
  const b = { rows: 1, cols: outputs, init: zeroInit() };
  return defineLayer({
    source,
    parameters: bias ? { W, b } : { W },
    modal: f?.modal ?? false,
    ...fixedWidth(source, inputs, outputs),
    plan: (site) => {
      const { rows, kernels, parameters, wantsInputGrad, zeros } = site;
      const W = parameters.W!;
      const b = parameters.b;
      const z = zeros(rows, outputs);
      const dx = wantsInputGrad ? zeros(rows, inputs) : zeros(0, inputs);
      const activate = f?.plan({
        ...site,
        widths: [outputs],
        parameters: {},
        buffers: {},
        wantsInputGrad: true,
      });
      const affine = kernels.affine(rows, inputs, outputs);
      const transposedTimes = kernels.transposedTimes(rows, inputs, outputs);
      const timesTransposed = kernels.timesTransposed(rows, outputs, inputs);
      const sumRows = kernels.sumRows(rows, outputs);
      let x: Matrix;
      return {
        forward(input, mode) {
          x = input;
          affine(x, W.value, b?.value, z); //             z = x·W + b        n × outputs
          return activate ? activate.forward(z, mode) : z; // y = f(z)
        },
        backward(dy, accumulate) {
          const dz = activate ? activate.backward(dy, false) : dy; //  dz = dy ∘ f′(z)
          transposedTimes(x, dz, W.grad, accumulate); //  dW = xᵀ·dz         inputs × outputs
          if (b) sumRows(dz, b.grad, accumulate); //      db = Σ dz          1 × outputs
          if (wantsInputGrad) timesTransposed(dz, W.value, dx); // dx = dz·Wᵀ  n × inputs
          return dx;
        },
      };
    },
  });
};
