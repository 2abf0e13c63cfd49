import type { Matrix } from "../math/matrix.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The inputs side by side: n × a and n × b become n × (a + b). */
export const concatenate = (): Layer<readonly Matrix[], Matrix> =>
  defineLayer<readonly Matrix[], Matrix>({
    source: "concatenate()",
    widths: (widths) => [
      widths.reduce((sum, width) => (sum === undefined || width === undefined ? undefined : sum + width), 0),
    ],
    plan: ({ rows, widths, kernels, zeros }) => {
      const y = zeros(
        rows,
        widths.reduce((sum, width) => sum + width, 0),
      );
      const dx = widths.map((width) => zeros(rows, width));
      const copies = widths.map((width) => kernels.columns(rows, width));
      const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
      return {
        forward(x) {
          for (let i = 0; i < copies.length; i++) copies[i]!(x[i]!, 0, y, starts[i]!, false);
          return y;
        },
        backward(dy) {
          for (let i = 0; i < copies.length; i++) copies[i]!(dy, starts[i]!, dx[i]!, 0, false);
          return dx;
        },
      };
    },
  });
