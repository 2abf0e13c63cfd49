import { invalid, whole } from "../math/invalid.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The columns from … to − 1 of the input: with {@link parallel}, different columns go to different layers. */
export const columns = (from: number, to: number): Layer => {
  const source = `columns(${from}, ${to})`;
  whole(source, "from", from, 0);
  whole(source, "to", to, from + 1);
  return defineLayer({
    source,
    widths: ([width]) => {
      if (width !== undefined && width < to) throw invalid(source, `at least ${to} columns`, String(width));
      return [to - from];
    },
    trace: {
      forward: ([columns]) => columns!.filter((j) => j >= from && j < to).map((j) => j - from),
      backward: (columns) => [columns.map((j) => j + from)],
    },
    plan: ({ rows, widths: [width], kernels, zeros }) => {
      const y = zeros(rows, to - from);
      const dx = zeros(rows, width!); // outside of the columns it stays zero
      const copy = kernels.columns(rows, to - from);
      return {
        forward(x) {
          copy(x, from, y, 0, false);
          return y;
        },
        backward(dy) {
          copy(dy, 0, dx, from, false);
          return dx;
        },
      };
    },
  });
};
