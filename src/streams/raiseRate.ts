import { raisedRate } from "../folds/raisedRate.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { call } from "../optimizers/call.ts";
import { slowed } from "../optimizers/slowed.ts";
import type { DriftPolicy } from "./driftPolicy.ts";

export interface RaiseRateOptions {
  /** What the steps of the optimizer are multiplied by after a drift: 10, unless told otherwise. */
  readonly factor?: number;
  /** Over so many steps it falls back to 1, along a line: 100, unless told otherwise. */
  readonly steps?: number;
}

/**
 * On drift the optimizer takes larger steps, and step by step the usual ones again: 1 + (factor − 1)·left/steps times as
 * large. Another drift meanwhile raises them to the full again.
 * @throws InvalidInputError when the factor is not finite or below 1, or steps is not a whole number of at least 1.
 */
export const raiseRate = (options: RaiseRateOptions = {}): DriftPolicy => {
  knownOptions("raiseRate()", options, ["factor", "steps"]);
  const { factor = 10, steps = 100 } = options;
  const source = call("raiseRate", options);
  finite(source, "factor", factor, { min: 1 });
  whole(source, "steps", steps);
  const raised = raisedRate(factor, steps);
  return {
    source,
    start: ({ optimizer }) => {
      let state = raised.init();
      return {
        state: {
          get: () => state,
          set: (saved) => {
            state = saved as typeof state;
          },
        },
        optimizer: slowed(optimizer, () => raised.read(state)),
        react: ({ drift }) => {
          state = raised.step(state, drift);
          return drift ? "rate raised" : "none";
        },
      };
    },
  };
};
