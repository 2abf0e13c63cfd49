import {
  type Fold,
  type Matrix,
  type Model,
  matrix,
  mean,
  over,
  pageHinkley,
  rolling,
  withFolds,
} from "rxgrad";
import { dashboard } from "rxgrad/dashboard";
import { type MonoTypeOperatorFunction, pipe } from "rxjs";
import { isLate } from "./flight.ts";
import type { Forecast } from "./forecasting.ts";
import { learningRate } from "./network.ts";
import { type Guesser, guessers } from "./rivals.ts";
import type { Score, Standing } from "./scoring.ts";

export interface WatchedOptions {
  readonly net: Model;
  readonly port: number;
  /** How it stands now. */
  readonly standing: () => Standing | undefined;
  /** How many flights have departed, and wait to be learned until they have landed. */
  readonly inTheAir: () => number;
  /** Has no more flights depart, or lets them again. */
  readonly hold: (held: boolean) => void;
  readonly listening: (url: string) => void;
}

/** Serves a live page about the forecasts that pass, and marks when the network has become worse than it was. */
export const watched = ({
  net,
  port,
  standing,
  inTheAir,
  hold,
  listening,
}: WatchedOptions): MonoTypeOperatorFunction<Forecast> =>
  pipe(
    withFolds({
      error: over(missed, pageHinkley({ threshold: 300, direction: "up" })),
      trainingLoss: trainingLoss(),
    }),
    dashboard<Forecast & { readonly trainingLoss: number }>({
      model: net,
      title: "Which flights will land late?",
      port,
      listening,
      series: (step) => {
        const now = standing();
        return { "training loss": step.trainingLoss, ...(now ? curvesOf(now) : {}) };
      },
      scored: ({ guesses, flight }) => ({
        prediction: one(guesses.network.probability),
        target: one(isLate(flight) ? 1 : 0),
      }),
      learningRate,
      queue: inTheAir,
      pause: () => hold(true),
      resume: () => hold(false),
    }),
  );

/** How far the network was from the truth, from 0 to 1. */
const missed = ({ guesses, flight }: Forecast): number =>
  Math.abs(guesses.network.probability - (isLate(flight) ? 1 : 0));

/** The mean training loss of the last 50 batches; most flights land without filling one. */
const trainingLoss = (): Fold<Forecast, number> => {
  const losses = rolling(50, mean());
  return {
    init: losses.init,
    step: (state: ReturnType<typeof losses.init>, { loss }) =>
      loss === undefined ? state : losses.step(state, loss),
    read: losses.read,
  };
};

/** Of the last 50 blocks: the network beside those who do not learn. */
const curvesOf = ({ lately }: Standing) => {
  const curve = (key: keyof Score) =>
    Object.fromEntries(guessers.map((guesser) => [lines[guesser], lately[guesser][key]]));
  return {
    "log loss, lately": curve("logLoss"),
    "AUC, lately": curve("auc"),
    "delay, mean error": curve("mae"),
  };
};

const lines: Record<Guesser, string> = {
  network: "model",
  recent: "recent rate at the origin",
  running: "running rate",
};

const one = (x: number): Matrix => matrix([[x]]);
