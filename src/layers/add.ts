import type { Matrix } from "../math/matrix.ts";
import { equalWidths } from "./equalWidths.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The sum of its inputs, all of one width; each gets the gradient as it is. */
export const add = (): Layer<readonly Matrix[], Matrix> =>
  defineLayer<readonly Matrix[], Matrix>({
    source: "add()",
    widths: equalWidths("add()"),
    trace: {
      // a sum is 0 where all of it is, and others mix in where not
      forward: (columns) => {
        const [first = []] = columns;
        const alike = columns.every(
          (list) => list.length === first.length && list.every((j) => first.includes(j)),
        );
        return alike ? first : undefined;
      },
      backward: (columns, widths) => widths.map(() => columns),
    },
    plan: ({ rows, widths, kernels, zeros }) => {
      const y = zeros(rows, widths[0]!);
      const dx: Matrix[] = new Array(widths.length);
      const sum = kernels.add(rows * widths[0]!);
      return {
        forward(x) {
          y.data.set(x[0]!.data);
          for (let i = 1; i < x.length; i++) sum(y, x[i]!, y);
          return y;
        },
        backward: (dy) => dx.fill(dy),
      };
    },
  });
