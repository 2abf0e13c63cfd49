import type { Fold } from "../math/fold.ts";
import type { Scored } from "./scored.ts";
import { targetRow } from "./targetRow.ts";

/**
 * The baseline that says what came last: its reading is its prediction for the next row, in the form of the model's; empty
 * before the first.
 */
export const noChange = (): Fold<Scored, readonly number[], { last: readonly number[] }> => ({
  init: () => ({ last: [] }),
  step: (state, scored) => {
    const { rows } = scored.prediction;
    if (rows > 0) state.last = targetRow("noChange()", scored, rows - 1);
    return state;
  },
  read: ({ last }) => last,
});
