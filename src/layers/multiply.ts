import type { Matrix } from "../math/matrix.ts";
import { equalWidths } from "./equalWidths.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The product of its inputs, element by element, all of one width; each gets dy times the product of the others. */
export const multiply = (): Layer<readonly Matrix[], Matrix> =>
  defineLayer<readonly Matrix[], Matrix>({
    source: "multiply()",
    widths: equalWidths("multiply()"),
    trace: { forward: (columns) => [...new Set(columns.flat())] }, // a product is 0 where one of its factors is
    plan: ({ rows, widths, kernels, zeros }) => {
      const width = widths[0]!;
      const y = zeros(rows, width);
      const dx = widths.map(() => zeros(rows, width));
      const product = kernels.multiply(rows * width);
      let inputs: readonly Matrix[];
      return {
        forward(x) {
          inputs = x;
          y.data.set(x[0]!.data);
          for (let i = 1; i < x.length; i++) product(y, x[i]!, y);
          return y;
        },
        backward(dy) {
          // the others' product is multiplied out, not divided out of y, which may hold zeros
          dx.forEach((dxi, i) => {
            dxi.data.set(dy.data);
            inputs.forEach((xj, j) => {
              if (j !== i) product(dxi, xj, dxi);
            });
          });
          return dx;
        },
      };
    },
  });
