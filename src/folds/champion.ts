import type { Fold } from "../math/fold.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { type Combined, noteFailures } from "./combined.ts";

export interface ChampionOptions {
  /** α: what all former losses are multiplied by at each item; 0.99 remembers about a hundred. */
  readonly fading?: number;
  /** By which part of the champion's loss a challenger has to be better. */
  readonly margin?: number;
  /** For how many items in a row. */
  readonly patience?: number;
}

export interface ChampionState {
  /** S and B of each fading loss S / B; B is the same for all. */
  sums: number[];
  mass: number;
  champion: number;
  /** For how many items each has been better than the champion by the margin. */
  ahead: number[];
  failed: number[];
}

/**
 * One learner of several, by fading loss (Gama, Sebastião & Rodrigues, 2013): the champion, at first number 0, counts alone. A
 * challenger takes its place only after its loss has been less by a margin for some items in a row, so that chance does not
 * change the champion back and forth; a champion whose loss is not finite is replaced at once. Items are one loss a learner.
 * @throws InvalidInputError on options out of range, and on items of another length, or without any finite loss.
 */
export const champion = (
  count: number,
  options: ChampionOptions = {},
): Fold<readonly number[], Combined, ChampionState> => {
  knownOptions(actor, options, ["fading", "margin", "patience"]);
  const { fading = 0.99, margin = 0.05, patience = 30 } = options;
  const k = whole(actor, "count", count);
  finite(actor, "fading", fading, { min: Number.MIN_VALUE, max: 1 });
  finite(actor, "margin", margin, { min: 0, max: 1 });
  whole(actor, "patience", patience);
  const none = () => new Array<number>(k).fill(0);
  return {
    init: () => ({ sums: none(), mass: 0, champion: 0, ahead: none(), failed: [] }),
    step: (state, item) => {
      noteFailures(actor, k, item, state.failed);
      const { sums, ahead, failed } = state;
      state.mass = fading * state.mass + 1;
      const alive = item.flatMap((_, i) => (failed.includes(i) ? [] : [i]));
      for (const i of alive) sums[i] = fading * sums[i]! + item[i]!;
      for (const i of failed) sums[i] = 0;
      const P = (i: number) => sums[i]! / state.mass;
      const best = (some: readonly number[]) => some.reduce((a, b) => (P(b) < P(a) ? b : a));
      const needed = P(state.champion) - margin * Math.abs(P(state.champion));
      for (let i = 0; i < k; i++) ahead[i] = alive.includes(i) && P(i) < needed ? ahead[i]! + 1 : 0;
      const challengers = alive.filter((i) => ahead[i]! >= patience);
      const dethroned = failed.includes(state.champion);
      if (!dethroned && challengers.length === 0) return state;
      state.champion = best(dethroned ? alive : challengers);
      state.ahead = none();
      return state;
    },
    read: ({ sums, champion, failed }) => ({
      weights: sums.map((_, i) => (i === champion ? 1 : 0)),
      champion,
      failed: [...failed],
    }),
  };
};

const actor = "champion()";
