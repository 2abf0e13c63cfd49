import type { Matrix } from "../math/matrix.ts";
import { defineLayer, type Layer, type Width } from "./layer.ts";

/** The inputs side by side: n × a and n × b become n × (a + b). */
export const concatenate = (): Layer<readonly Matrix[], Matrix> =>
  defineLayer<readonly Matrix[], Matrix>({
    source: "concatenate()",
    widths: (widths) => [
      widths.reduce((sum, width) => (sum === undefined || width === undefined ? undefined : sum + width), 0),
    ],
    trace: {
      forward: (columns, widths) => {
        const starts = startsOf(widths);
        return columns.every((list, i) => list.length === 0 || starts[i] !== undefined)
          ? columns.flatMap((list, i) => list.map((j) => starts[i]! + j))
          : undefined;
      },
      backward: (columns, widths) => {
        const starts = startsOf(widths);
        const of = (from: number, to: number) =>
          columns.filter((j) => j >= from && j < to).map((j) => j - from);
        return starts.includes(undefined) ? undefined : widths.map((_, i) => of(starts[i]!, starts[i + 1]!));
      },
    },
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

/** Where each input begins, and where the last one ends, as far as is known. */
const startsOf = (widths: readonly Width[]): readonly Width[] => {
  const starts: Width[] = [0];
  for (const width of widths) {
    const start = starts.at(-1);
    starts.push(start === undefined || width === undefined ? undefined : start + width);
  }
  return starts;
};
