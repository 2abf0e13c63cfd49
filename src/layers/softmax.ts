import type { Matrix } from "../math/matrix.ts";
import { sameOutputs } from "./columnTrace.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** eˣⱼ / Σₖ eˣₖ along each row, the row's maximum taken off first, so nothing overflows (Bridle, 1990). */
export const softmax = (): Layer =>
  defineLayer({
    source: "softmax()",
    activation: "softmax()",
    trace: sameOutputs,
    plan: ({ rows, widths: [cols], kernels, zeros }) => {
      const y = zeros(rows, cols!);
      const dx = zeros(rows, cols!);
      const forward = kernels.softmax(rows, cols!);
      const backward = kernels.softmaxBack(rows, cols!);
      return {
        forward(x: Matrix) {
          forward(x, y);
          return y;
        },
        backward(dy: Matrix, _: boolean, preActivation?: boolean) {
          if (preActivation) return dy;
          backward(y, dy, dx);
          return dx;
        },
      };
    },
  });
