import { auc, logLoss, type MergeableFold, mae, matrix, over, rolling, type Scored, withFolds } from "rxgrad";
import { bufferCount, map, type OperatorFunction, pipe } from "rxjs";
import { isLate } from "./flight.ts";
import type { Forecast } from "./forecasting.ts";
import type { Guesser } from "./rivals.ts";
import { together } from "./together.ts";

/** How well somebody guessed. */
export type Score = {
  readonly logLoss: number;
  readonly auc: number;
  /** The mean absolute error of the delay, in minutes. */
  readonly mae: number;
};
export type Scores = Record<Guesser, Score>;

/** How it stands after so many flights: for all of them, and for those of the last 50 blocks. */
export interface Standing {
  readonly flights: number;
  readonly all: Scores;
  readonly lately: Scores;
}

/** Scores forecasts in blocks of so many, against what came true. */
export const scoring = (block = 1000): OperatorFunction<Forecast, Standing> =>
  pipe(
    bufferCount(block),
    map(blockOf),
    withFolds({ flights: count, all: scores, lately: rolling(50, scores) }),
  );

interface Block {
  readonly size: number;
  readonly guesses: Readonly<Record<Guesser, { readonly late: Scored; readonly delay: Scored }>>;
}

const blockOf = (forecasts: readonly Forecast[]): Block => {
  const late = matrix(forecasts.map(({ flight }) => [isLate(flight) ? 1 : 0]));
  const delay = matrix(forecasts.map(({ flight }) => [flight.delay]));
  const of = (guesser: Guesser) => ({
    late: {
      prediction: matrix(forecasts.map(({ guesses }) => [guesses[guesser].probability])),
      target: late,
    },
    delay: { prediction: matrix(forecasts.map(({ guesses }) => [guesses[guesser].minutes])), target: delay },
  });
  return {
    size: forecasts.length,
    guesses: { network: of("network"), recent: of("recent"), running: of("running") },
  };
};

const score = (guesser: Guesser): MergeableFold<Block, Score> =>
  together<Block, Score>({
    logLoss: over(({ guesses }) => guesses[guesser].late, logLoss()),
    auc: over(({ guesses }) => guesses[guesser].late, auc({ bins: 1000 })),
    mae: over(({ guesses }) => guesses[guesser].delay, mae()),
  });

const scores = together<Block, Scores>({
  network: score("network"),
  recent: score("recent"),
  running: score("running"),
});

const count: MergeableFold<Block, number, number> = {
  init: () => 0,
  step: (n, { size }) => n + size,
  read: (n) => n,
  merge: (a, b) => a + b,
};
