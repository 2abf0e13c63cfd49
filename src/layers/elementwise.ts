import type { Matrix } from "../math/matrix.ts";
import { sameColumns, sameOutputs } from "./columnTrace.ts";
import { defineLayer, type Layer } from "./layer.ts";

/**
 * A layer that applies one function to every element: `f(x)`, and `df(x, y)`, its derivative at x, where y = f(x) is at
 * hand because it is often the shorter way to say it.
 */
export const elementwise = (
  source: string,
  f: (x: number) => number,
  df: (x: number, y: number) => number,
): Layer =>
  defineLayer({
    source,
    activation: source,
    trace: f(0) === 0 ? sameColumns : sameOutputs,
    plan: ({ rows, widths: [cols], kernels, zeros }) => {
      const length = rows * cols!;
      const y = zeros(rows, cols!);
      const dx = zeros(rows, cols!);
      const map = kernels.map(length, source, f);
      const mapBack = kernels.mapBack(length, source, df);
      let x: Matrix;
      return {
        forward(input) {
          x = input;
          map(x, y); // y = f(x)
          return y;
        },
        backward(dy, _, preActivation) {
          if (preActivation) return dy;
          mapBack(x, y, dy, dx); // dx = dy ∘ f′(x)
          return dx;
        },
      };
    },
  });
