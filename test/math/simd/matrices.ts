import { expect } from "vitest";
import type { Kernels } from "../../../src/math/kernels.ts";
import type { Matrix } from "../../../src/math/matrix.ts";

export const float64 = (m: Matrix): Matrix => ({
  rows: m.rows,
  cols: m.cols,
  data: Float64Array.from(m.data),
});

/** A copy that the kernels can reach; what stands behind it is NaN, so that reading it shows. */
export const copyIn = (kernels: Kernels, { rows, cols, data }: Matrix): Matrix => {
  const home = kernels.zeros(1, rows * cols + 20);
  home.data.fill(Number.NaN);
  home.data.set(data);
  return kernels.slice(home, 0, rows, cols);
};

/** A matrix between guards, which tell whether something was written around it. */
export const guarded = (kernels: Kernels, rows: number, cols: number, lead = 3) => {
  const home = kernels.zeros(1, rows * cols + lead + 20);
  home.data.fill(7);
  const end = lead + rows * cols;
  return {
    matrix: kernels.slice(home, lead, rows, cols),
    isUntouchedAround: () => home.data.every((x, i) => x === 7 || (i >= lead && i < end)),
  };
};

/** Every difference is small relative to the largest number, or to `scale`, what the numbers were made of. */
export const expectClose = (
  actual: ArrayLike<number>,
  exact: ArrayLike<number>,
  { tolerance = 1e-5, scale = 1e-6 }: { tolerance?: number; scale?: number } = {},
): void => {
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    if (Number.isNaN(actual[i])) worst = Number.NaN;
    worst = Math.max(worst, Math.abs(actual[i]! - exact[i]!));
    scale = Math.max(scale, Math.abs(exact[i]!));
  }
  expect(actual.length).toBe(exact.length);
  expect(worst / scale).toBeLessThan(tolerance);
};
