import type { Matrix } from "../math/matrix.ts";
import { sameOutputs } from "./columnTrace.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** xⱼ − ln Σₖ eˣₖ along each row, the row’s maximum taken off first: the logarithm of softmax. */
export const logSoftmax = (): Layer =>
  defineLayer({
    source: "logSoftmax()",
    trace: sameOutputs,
    plan: ({ rows, widths: [cols], kernels, zeros }) => {
      const y = zeros(rows, cols!);
      const dx = zeros(rows, cols!);
      const forward = kernels.logSoftmax(rows, cols!);
      const backward = kernels.logSoftmaxBack(rows, cols!);
      return {
        forward(x: Matrix) {
          forward(x, y);
          return y;
        },
        backward(dy: Matrix) {
          backward(y, dy, dx);
          return dx;
        },
      };
    },
  });
