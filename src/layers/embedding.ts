import { type Initializer, normalInit } from "../math/initializers.ts";
import { invalid, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { defineLayer, type Layer } from "./layer.ts";

/**
 * Learned vectors for whole numbers: each of the k columns of x (n × k, integers 0 … size − 1) becomes `width` columns, so
 * y is n × (k · width). The gradient is sparse: a batch touches only the rows that it names.
 * @throws InvalidInputError for an index that is not a whole number below `size`, before anything changes.
 */
export const embedding = (
  size: number,
  width: number,
  { init = normalInit(0, 0.05) }: { readonly init?: Initializer } = {},
): Layer => {
  const source = `embedding(${size}, ${width})`;
  whole(source, "size", size);
  whole(source, "width", width);
  return defineLayer({
    source,
    parameters: { W: { rows: size, cols: width, init, sparse: true } },
    widths: ([columns]) => [columns === undefined ? undefined : columns * width],
    plan: ({ rows, widths: [columns], parameters, zeros }) => {
      const W = parameters.W!;
      const y = zeros(rows, columns! * width);
      const dx = zeros(rows, columns!); // an index has no gradient: always zero
      let x: Matrix;
      return {
        forward(input) {
          x = input;
          for (let i = 0; i < rows * columns!; i++) {
            const index = x.data[i]!;
            if (!Number.isInteger(index) || index < 0 || index >= size)
              throw invalid(
                source,
                `whole numbers from 0 to ${size - 1}`,
                `${index} in row ${Math.floor(i / columns!)}, column ${i % columns!}`,
              );
            for (let j = 0; j < width; j++) y.data[i * width + j] = W.value.data[index * width + j]!;
          }
          return y;
        },
        backward(dy, accumulate) {
          if (!accumulate) W.untouch!();
          for (let i = 0; i < rows * columns!; i++) {
            const index = x.data[i]!;
            W.touch!(index);
            for (let j = 0; j < width; j++) W.grad.data[index * width + j]! += dy.data[i * width + j]!;
          }
          return dx;
        },
      };
    },
  });
};
