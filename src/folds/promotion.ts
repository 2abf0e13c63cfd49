import type { Fold } from "../math/fold.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";

export interface PromotionOptions {
  /** By which part of the champion's score the challenger has to be better. */
  readonly margin?: number;
  /** For how many batches in a row. */
  readonly patience?: number;
  /** For how many batches after a promotion the former champion is put back as soon as it is better; 0 for never. */
  readonly probation?: number;
  /** Which scores are better: lower ones, as of losses, or higher ones, as of accuracy. */
  readonly better?: "lower" | "higher";
}

/** What both score, on the same batches; NaN where there is no score. */
export interface Contest {
  readonly champion: number;
  readonly challenger: number;
}

/** What becomes of the champion. */
export type Promotion = "none" | "promoted" | "rolledBack";

export interface PromotionState {
  /** For how many items in a row the challenger has been better by the margin. */
  ahead: number;
  /** How many items of a probation are left. */
  probation: number;
  decision: Promotion;
}

/**
 * Whether a challenger takes the champion's place: when its score has been better by a margin for some items in a row. After
 * that the two are expected to change roles; while the probation lasts, the former champion is put back at the first item on
 * which its score, now that of the challenger, is the better one.
 * @throws InvalidInputError on options out of range.
 */
export const promotion = (options: PromotionOptions = {}): Fold<Contest, Promotion, PromotionState> => {
  knownOptions(actor, options, ["margin", "patience", "probation", "better"]);
  const { margin = 0.05, patience = 30, probation = 300, better = "lower" } = options;
  finite(actor, "margin", margin, { min: 0 });
  whole(actor, "patience", patience);
  whole(actor, "probation", probation, 0);
  if (better !== "lower" && better !== "higher")
    throw invalid(actor, '"lower" or "higher" as better', inWords(better));
  const sign = better === "lower" ? 1 : -1;
  const leads = ({ champion, challenger }: Contest, by: number): boolean =>
    Number.isFinite(challenger) &&
    (!Number.isFinite(champion) || sign * (champion - challenger) > by * Math.abs(champion));
  return {
    init: () => ({ ahead: 0, probation: 0, decision: "none" }),
    step: (state, contest) => {
      state.decision = "none";
      if (state.probation > 0) {
        state.probation--;
        if (!leads(contest, 0)) return state;
        state.decision = "rolledBack";
        state.probation = 0;
        return state;
      }
      state.ahead = leads(contest, margin) ? state.ahead + 1 : 0;
      if (state.ahead < patience) return state;
      state.decision = "promoted";
      state.ahead = 0;
      state.probation = probation;
      return state;
    },
    read: ({ decision }) => decision,
  };
};

const actor = "promotion()";
