import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Scored } from "./scored.ts";

/** What came true at t, and what was then said of t + 1 … t + h. */
export interface Forecasted {
  readonly y: number;
  readonly forecast: ArrayLike<number>;
}

export interface HorizonReading {
  /** The metric of each step ahead: of forecasts for the next item, for the one after it, … */
  readonly each: readonly number[];
  /** Their mean. */
  readonly mean: number;
}

export interface HorizonState<State> {
  /** Items seen. */
  count: number;
  /** Forecasts that are not scored in full yet, the latest last. */
  pending: number[][];
  each: State[];
}

/**
 * A metric for each step of forecasts of h steps, scored as the truth comes: the item at t scores what was said of it at
 * t − 1 as one step ahead, at t − 2 as two, … Forecasts at the first `grace` items are not scored.
 * @throws InvalidInputError when a forecast does not have h numbers; nothing has changed.
 * @example forecasts$.pipe(fold(horizonMetric(3, mae(), { grace: 12 })))
 */
export const horizonMetric = <State>(
  h: number,
  metric: Fold<Scored, number, State>,
  options: { readonly grace?: number } = {},
): Fold<Forecasted, HorizonReading, HorizonState<State>> => {
  whole(actor, "h", h);
  knownOptions(actor, options, ["grace"]);
  const { grace = 0 } = options;
  whole(actor, "grace", grace, 0);
  return {
    init: () => ({ count: 0, pending: [], each: Array.from({ length: h }, () => metric.init()) }),
    step: (state, { y, forecast }) => {
      if (forecast.length !== h) throw invalid(actor, `forecasts of ${h} numbers`, String(forecast.length));
      const { pending, each } = state;
      const target = single(y);
      for (let j = 1; j <= pending.length; j++)
        each[j - 1] = metric.step(each[j - 1]!, { prediction: single(pending.at(-j)![j - 1]!), target });
      if (state.count++ >= grace) pending.push(Array.from(forecast));
      if (pending.length > h) pending.shift();
      return state;
    },
    read: (state) => {
      const each = state.each.map((one) => metric.read(one));
      return { each, mean: each.reduce((sum, one) => sum + one, 0) / h };
    },
  };
};

const actor = "horizonMetric()";

const single = (value: number): Matrix => ({ rows: 1, cols: 1, data: Float64Array.of(value) });
