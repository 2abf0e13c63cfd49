import { fault } from "../math/invalid.ts";
import { copyOf, type Matrix, shapeOf } from "../math/matrix.ts";
import { sameColumns } from "./columnTrace.ts";
import { defineLayer, type Layer } from "./layer.ts";

/**
 * Identity forward; backward, the gradient that passes becomes `fn(gradient)`: scale it, clip it, reverse it, add noise.
 * `fn` gets a copy (n × width) that it may change and return.
 */
export const mapGradient = (fn: (gradient: Matrix) => Matrix): Layer =>
  defineLayer({
    source: `mapGradient(${fn.name || "…"})`,
    trace: sameColumns,
    plan: ({ rows, widths: [cols], zeros }) => {
      const dx = zeros(rows, cols!);
      return {
        forward: (x) => x,
        backward(dy) {
          const mapped = fn(copyOf(dy));
          if (shapeOf(mapped) !== shapeOf(dx)) throw fault("mapGradient()", shapeOf(dx), shapeOf(mapped));
          dx.data.set(mapped.data);
          return dx;
        },
      };
    },
  });
