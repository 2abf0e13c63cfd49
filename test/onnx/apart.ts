import type { Matrix } from "rxgrad";
import { expect } from "vitest";

/** How far apart two answers are at most, by |a| where that is above `least`, which is 1 unless told otherwise. */
export const apart = (a: Matrix, b: Matrix, least = 1): number => {
  expect([b.rows, b.cols]).toEqual([a.rows, a.cols]);
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i]! - b.data[i]!);
    const off = difference === 0 ? 0 : difference / Math.max(least, Math.abs(a.data[i]!));
    worst = Math.max(worst, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }
  return worst;
};
