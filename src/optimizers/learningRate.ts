import type { Fold } from "../math/fold.ts";
import { finite, invalid } from "../math/invalid.ts";

/** What an Observable looks like from here; the pure folders do not know RxJS. */
export interface RateSource {
  subscribe(observer: { next: (rate: number) => void; error: (error: unknown) => void }): {
    unsubscribe(): void;
  };
}

/** A learning rate as a function of the optimizer's step: 0, 1, 2, … */
export type Schedule = (step: number) => number;

/** A number, a schedule by step, a fold over the losses, or an Observable whose latest value applies to the next step. */
export type LearningRate = number | Schedule | Fold<number, number> | RateSource;

/** How far a schedule has come. Lives in the state of the rule. */
export interface RateState {
  /** Optimizer steps done. */
  step: number;
  /** The state of a fold over the losses; undefined for other rates. */
  fold: unknown;
  /** The latest value of an Observable; undefined until it has emitted. */
  latest: number | undefined;
  /** What an Observable failed with. */
  failure: { readonly error: unknown } | undefined;
}

/** A learning rate as rules use it. */
export interface Rate {
  init(): RateState;
  /** The rate of the step that comes; counts it. @throws InvalidInputError when it is negative, not finite, or missing. */
  next(state: RateState): number;
  observe(state: RateState, loss: number): void;
  follow(state: RateState): { unsubscribe(): void };
}

const isFold = (lr: object): lr is Fold<number, number> => "step" in lr && "read" in lr;

const isRate = (lr: unknown): lr is LearningRate =>
  typeof lr === "number" ||
  typeof lr === "function" ||
  (typeof lr === "object" && lr !== null && (isFold(lr) || "subscribe" in lr));

/** Understands a learning rate. @throws InvalidInputError when it is none, or a constant one is negative or not finite. */
export const learningRate = (actor: string, lr: LearningRate | undefined): Rate => {
  const check = (rate: number) => finite(actor, "learning rate", rate, { min: 0 });
  if (!isRate(lr))
    throw invalid(actor, "a number, a schedule, a fold or an Observable as learning rate", String(lr));
  if (typeof lr === "number") check(lr);
  const read = (state: RateState): number => {
    if (typeof lr === "number") return lr;
    if (typeof lr === "function") return check(lr(state.step));
    if (isFold(lr)) return check(lr.read(state.fold));
    if (state.failure) throw state.failure.error;
    if (state.latest === undefined)
      throw invalid(actor, "an Observable that has emitted a learning rate before the first step", "none");
    return check(state.latest);
  };
  return {
    init: () => ({
      step: 0,
      fold: typeof lr === "object" && isFold(lr) ? lr.init() : undefined,
      latest: undefined,
      failure: undefined,
    }),
    next: (state) => {
      const rate = read(state);
      state.step++;
      return rate;
    },
    observe: (state, loss) => {
      if (typeof lr === "object" && isFold(lr)) state.fold = lr.step(state.fold, loss);
    },
    follow: (state) => {
      if (typeof lr !== "object" || isFold(lr)) return { unsubscribe: () => {} };
      return lr.subscribe({
        next: (rate) => {
          state.latest = rate;
        },
        error: (error) => {
          state.failure = { error };
        },
      });
    },
  };
};
