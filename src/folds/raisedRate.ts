import type { Fold } from "../math/fold.ts";

export interface RaisedRateState {
  /** Items until it is 1 again. */
  left: number;
}

/** A factor that is raised by an alarm, and falls back to 1 over so many items: 1 + (factor − 1)·left/steps. */
export const raisedRate = (factor: number, steps: number): Fold<boolean, number, RaisedRateState> => ({
  init: () => ({ left: 0 }),
  step: (state, alarm) => {
    state.left = alarm ? steps : Math.max(0, state.left - 1);
    return state;
  },
  read: ({ left }) => 1 + ((factor - 1) * left) / steps,
});
