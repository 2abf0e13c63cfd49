import { type Initializer, normalInit } from "../math/initializers.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
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
  options: { readonly init?: Initializer } = {},
): Layer => {
  const source = `embedding(${size}, ${width})`;
  knownOptions(source, options, ["init"]);
  const { init = normalInit(0, 0.05) } = options;
  whole(source, "size", size);
  whole(source, "width", width);
  return defineLayer({
    source,
    parameters: { W: { rows: size, cols: width, init, sparse: true } },
    trace: { indices: "W" },
    widths: ([columns]) => [columns === undefined ? undefined : columns * width],
    plan: ({ rows, widths: [columns], kernels, parameters, zeros }) => {
      const W = parameters.W!;
      const y = zeros(rows, columns! * width);
      const dx = zeros(rows, columns!); // an index has no gradient: always zero
      const gather = kernels.gather(rows * columns!, size, width);
      const scatter = kernels.scatter(rows * columns!, width);
      let x: Matrix;
      return {
        forward(input) {
          x = input;
          const bad = gather(x, W.value, y);
          if (bad >= 0)
            throw invalid(
              source,
              `whole numbers from 0 to ${size - 1}`,
              `${x.data[bad]} in row ${Math.floor(bad / columns!)}, column ${bad % columns!}`,
            );
          return y;
        },
        backward(dy, accumulate) {
          if (!accumulate) W.untouch!();
          const { data } = x;
          for (let i = 0; i < rows * columns!; i++) W.touch!(data[i]!);
          scatter(x, dy, W.grad);
          return dx;
        },
      };
    },
  });
};
