import type { DenseKernel, DenseShape } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import { at } from "./at.ts";
import { denseMany } from "./denseMany.ts";
import type { DenseTools } from "./denseTools.ts";
import { mapFunctions } from "./elementwise.ts";
import type { Gemm } from "./gemm.ts";
import { vectorActivation } from "./vectorActivation.ts";

/** A dense layer whose products come from elsewhere; the rest is emitted. */
export const gemmKernel = (
  { multiply }: Gemm,
  { link, madd, tile, dialect }: DenseTools,
  { rows, inputs, outputs, bias, activation, wantsInputGrad }: DenseShape,
  z: Matrix | undefined,
  dz: Matrix | undefined,
): DenseKernel => {
  const size = 4 * rows * outputs;
  const f = activation === undefined ? undefined : vectorActivation(activation)!;
  const { map, mapBack } = f ? link(`map ${activation}`, () => mapFunctions(f)) : {};
  const sums = link(`dense ${inputs} ${outputs} ${bias} undefined many ${dialect}`, () =>
    denseMany({ inputs, outputs, bias, activation: undefined, madd, tile }),
  );
  return {
    forward: (x, W, b, y) => {
      const affine = z ?? y;
      if (b) for (let i = 0; i < rows; i++) affine.data.set(b.data, i * outputs);
      multiply(false, false, rows, outputs, inputs, x, W, b ? 1 : 0, affine); //  z = x·W + b
      map?.(at(affine), at(y), size); //                                     y = f(z)
    },
    backward: (x, y, dy, W, dW, db, dx, accumulate) => {
      const back = dz ?? dy;
      mapBack?.(at(z ?? y), at(y), at(dy), at(back), size); //     dz = dy ∘ f′
      multiply(true, false, inputs, outputs, rows, x, back, accumulate ? 1 : 0, dW); //  dW = xᵀ·dz
      if (db) sums[accumulate ? "biasAdding" : "bias"]!(at(back), at(db), rows); //      db = Σ dz
      if (wantsInputGrad) multiply(false, true, rows, inputs, outputs, back, W, 0, dx); // dx = dz·Wᵀ
    },
  };
};
