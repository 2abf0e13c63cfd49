import type { Data } from "../math/matrix.ts";
import type { Moments } from "./moments.ts";

/** One row by what was seen of its columns: the same numbers as the `transform` of a reading, without one. */
export const standardizeRow = (columns: readonly Moments[], x: ArrayLike<number>, z: Data): void => {
  for (let j = 0; j < columns.length; j++) {
    const { weight, origin, shift, m2 } = columns[j]!;
    const s = Math.sqrt(m2 / weight); // NaN where nothing was seen
    const v = x[j]!;
    z[j] = s > 0 ? (v - (origin + shift)) / s : s === 0 && Number.isFinite(v) ? 0 : v;
  }
};
