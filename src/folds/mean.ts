import type { FadableFold } from "./fadable.ts";
import type { MergeableFold } from "./mergeable.ts";

export interface MeanState {
  count: number;
  sum: number;
}

/** The mean of numbers; NaN before the first. */
export const mean = (): MergeableFold<number, number, MeanState> &
  FadableFold<number, number, MeanState> => ({
  init: () => ({ count: 0, sum: 0 }),
  step: (state, x) => {
    state.count++;
    state.sum += x;
    return state;
  },
  read: ({ count, sum }) => sum / count,
  merge: (a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }),
  fade: ({ count, sum }, alpha) => ({ count: count * alpha, sum: sum * alpha }),
});
