import type { Matrix } from "../math/matrix.ts";
import { type Sparse, sparseOf } from "../math/sparse.ts";
import type { Layer, Pass, Site } from "./layer.ts";

/**
 * A dense layer at a site where the input is sparse: z = x·W + b costs by the entries of x, and so does dW = xᵀ·dz, of
 * which only the rows are touched that x names.
 */
export const sparseDense = (site: Site, outputs: number, f: Layer | undefined): Pass => {
  const { rows, kernels, parameters, zeros } = site;
  const W = parameters.W!;
  const b = parameters.b;
  const product = kernels.sparse(rows, outputs);
  const activate = f?.plan({ ...site, widths: [outputs], parameters: {}, buffers: {}, wantsInputGrad: true });
  const z = zeros(rows, outputs);
  const dx: Matrix = zeros(0, 0); // a sparse input comes from outside: nobody reads its gradient
  let x: Sparse;
  return {
    forward(input, mode) {
      x = sparseOf(input);
      product.times(x, W.value, b?.value, z); //             z = x·W + b
      return activate ? activate.forward(z, mode) : z;
    },
    backward(dy, accumulate) {
      const dz = activate ? activate.backward(dy, false) : dy;
      if (!accumulate) W.untouch!();
      for (let k = 0; k < x.indices.length; k++) W.touch!(x.indices[k]!);
      product.scatter(x, dz, W.grad, b?.grad, accumulate); // dW = xᵀ·dz in the touched rows, db = Σ dz
      return dx;
    },
  };
};
