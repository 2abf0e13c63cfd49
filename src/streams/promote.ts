import { map, type OperatorFunction, share } from "rxjs";
import { type Promotion, type PromotionOptions, promotion } from "../folds/promotion.ts";
import type { Serving } from "./serving.ts";
import type { ShadowStep } from "./shadow.ts";

/** What became of the champion after a step. */
export interface Promoted {
  readonly promotion: Promotion;
}

/**
 * Puts the challenger of a service in the champion's place when its score has been better by a margin for some batches in a row, and
 * takes that back when, while the probation lasts, the former champion has the better score: it has gone on learning as the
 * challenger, so it is, bit by bit, what it would have been. Stands below {@link shadow}, and acts between two batches. How it
 * stands is kept by the service; steps of a champion that has been replaced meanwhile decide nothing.
 * @throws InvalidInputError for options that are none, or out of range.
 * @example batches$.pipe(shadow(service), promote(service, { margin: 0.1, patience: 50, probation: 500 }))
 */
export const promote = <S extends ShadowStep>(
  service: Serving,
  options: PromotionOptions = {},
): OperatorFunction<S, S & Promoted> => {
  const fold = promotion(options);
  const decide = ({ version, scores }: ShadowStep): Promotion => {
    if (version !== service.version) return "none";
    const state = fold.step(service.state.promotion ?? fold.init(), scores);
    service.state.promotion = state;
    const decision = fold.read(state);
    if (decision !== "none") service.exchange();
    return decision;
  };
  return (steps$) =>
    steps$.pipe(
      map((step) => ({ ...step, promotion: decide(step) })),
      share(),
    );
};
