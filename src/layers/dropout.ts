import { finite } from "../math/invalid.ts";
import { sameColumns } from "./columnTrace.ts";
import { defineLayer, type Layer, type Mode } from "./layer.ts";

/**
 * In training, sets each element to zero with probability p and scales the rest by 1 / (1 − p); at inference it changes
 * nothing (Srivastava et al., 2014).
 */
export const dropout = (p: number): Layer => {
  const source = `dropout(${p})`;
  finite(source, "p", p, { min: 0, max: 1 - Number.EPSILON });
  return defineLayer({
    source,
    modal: true,
    trace: sameColumns,
    plan: ({ rows, widths: [cols], kernels, random, zeros }) => {
      const mask = zeros(rows, cols!);
      const y = zeros(rows, cols!);
      const dx = zeros(rows, cols!);
      const multiply = kernels.multiply(rows * cols!);
      let last: Mode;
      return {
        forward(x, mode) {
          last = mode;
          if (mode === "infer") return x;
          const { data } = mask;
          for (let i = 0; i < rows * cols!; i++) data[i] = random.uniform() < p ? 0 : 1 / (1 - p);
          multiply(x, mask, y);
          return y;
        },
        backward(dy) {
          if (last === "infer") return dy;
          multiply(dy, mask, dx);
          return dx;
        },
      };
    },
  });
};
