import type { Fold } from "../math/fold.ts";
import { whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { rolling } from "./rolling.ts";
import { type Standardization, standardScaler } from "./standardScaler.ts";

/**
 * A {@link standardScaler} over the last n rows, whatever the batches are in which they come. (Over the last n items, it is
 * `rolling(n, standardScaler())`.)
 */
export const rollingScaler = (n: number): Fold<Matrix | ArrayLike<number>, Standardization> => {
  const rows = rolling(whole("rollingScaler()", "n", n), standardScaler());
  return {
    init: rows.init,
    step: (before, item) => {
      if (!("data" in item)) return rows.step(before, item);
      const { cols, data } = item;
      let state = before;
      for (let i = 0; i < item.rows; i++) state = rows.step(state, data.subarray(i * cols, (i + 1) * cols));
      return state;
    },
    read: rows.read,
  };
};
