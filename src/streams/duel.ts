import type { Contest, PromotionState } from "../folds/promotion.ts";
import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import type { PartState } from "../graph/parts.ts";
import { type Answered, type Seat, seat } from "../graph/seat.ts";
import { swapContents } from "../graph/swapContents.ts";
import type { Fold } from "../math/fold.ts";
import { fault } from "../math/invalid.ts";
import { type Contestant, interchangeable } from "./contestant.ts";
import { type Scores, scoring } from "./scoring.ts";

/** All that a service keeps besides its models: plain data. */
export interface ServingState {
  version: number;
  learned: number;
  /** Whether the one that was the challenger at first is champion. */
  swapped: boolean;
  /** The states of the metric. */
  scores: Scores;
  /** How `promote` stands. */
  promotion: PromotionState | undefined;
}

/** What a batch came to for both. */
export interface Contested {
  readonly champion: Answered;
  readonly challenger?: Answered;
  readonly failed?: unknown;
  readonly scores: Contest;
}

/** Two trainings side by side, whose roles can change. */
export interface Duel {
  state: ServingState;
  /** Champion and challenger, now. */
  models(): readonly [Model, Model];
  /** Starts both. @throws Error when they are at work. */
  start(): void;
  learn(batch: Batch): Contested;
  /** Whether `learn` is at it. */
  inFlight(): boolean;
  exchange(): void;
  close(): void;
}

/** Puts two learners side by side; models of one plan stay in their roles, and what is in them changes places. */
export const duel = (champion: Contestant, challenger: Contestant, metric: Fold<Scored, number>): Duel => {
  const inPlace = interchangeable(champion.model, challenger.model);
  const score = scoring(metric);
  let state: ServingState = {
    version: 0,
    learned: 0,
    swapped: false,
    scores: score.init(),
    promotion: undefined,
  };
  let seats: readonly [Seat, Seat] | undefined;
  let inFlight = false;

  const models = (): readonly [Model, Model] =>
    state.swapped && !inPlace ? [challenger.model, champion.model] : [champion.model, challenger.model];
  const sit = (states: readonly (readonly PartState[])[] = []): readonly [Seat, Seat] => {
    const roles = state.swapped ? [challenger, champion] : [champion, challenger];
    const open = (i: 0 | 1) => {
      const { model: _, ...learning } = roles[i]!;
      return seat(models()[i], learning, `${actor} in ${i === 0 ? "champion" : "challenger"}`, states[i]);
    };
    const first = open(0);
    try {
      return [first, open(1)];
    } catch (error) {
      first.close();
      throw error;
    }
  };
  const turnRound = (): void => {
    state.swapped = !state.swapped;
    state.version++;
    state.scores = score.exchange(state.scores);
  };
  const exchange = (): void => {
    if (inPlace) {
      const states = seats && [seats[1].states(), seats[0].states()];
      for (const one of seats ?? []) one.close(); // taps are told of it, and nothing has changed yet
      swapContents(champion.model.weights, challenger.model.weights);
      turnRound();
      if (seats) seats = sit(states); // unless a tap has ended the run
    } else {
      turnRound();
      if (seats) seats = [seats[1], seats[0]];
    }
  };
  const contest = (batch: Batch): Contested => {
    const [first, second] = seats!;
    inFlight = true;
    try {
      const own = first.learn(batch);
      state.learned++;
      let other: Answered | undefined;
      let failure: { readonly failed: unknown } | undefined;
      try {
        if (seats) other = second.learn(batch); // unless a tap has ended the run
      } catch (failed) {
        failure = { failed };
      }
      const scored = score.step(state.scores, batch, own.prediction, other?.prediction);
      state.scores = scored.scores;
      const lost = failure ?? scored;
      return {
        champion: own,
        ...(other ? { challenger: other } : {}),
        ...("failed" in lost ? { failed: lost.failed } : {}),
        scores: scored.reading,
      };
    } finally {
      inFlight = false;
    }
  };
  return {
    get state() {
      return state;
    },
    set state(saved) {
      if (seats) throw fault("serving()", "its state before shadow() begins", "one while it is at work");
      state = structuredClone(saved);
    },
    models,
    start: () => {
      if (seats) throw fault(actor, "a service without a shadow at work", "one with it");
      seats = sit();
    },
    learn: contest,
    inFlight: () => inFlight,
    exchange,
    close: () => {
      for (const one of seats ?? []) one.close();
      seats = undefined;
    },
  };
};

const actor = "shadow()";
