import { type Matrix, type Model, matrix } from "rxgrad";
import { dashboard } from "rxgrad/dashboard";
import type { MonoTypeOperatorFunction } from "rxjs";
import { isLate } from "./flight.ts";
import type { Forecast } from "./forecasting.ts";
import { guessers } from "./rivals.ts";
import type { Score, Standing } from "./scoring.ts";

export interface WatchedOptions {
  readonly net: Model;
  readonly port: number;
  /** How it stands now. */
  readonly standing: () => Standing | undefined;
  readonly listening: (url: string) => void;
}

/** Serves a live page about the forecasts that pass. */
export const watched = ({
  net,
  port,
  standing,
  listening,
}: WatchedOptions): MonoTypeOperatorFunction<Forecast> =>
  dashboard<Forecast>({
    model: net,
    title: "Which flights will land late?",
    port,
    listening,
    series: () => {
      const now = standing();
      return now ? curvesOf(now) : {};
    },
    scored: ({ guesses, flight }) => ({
      prediction: one(guesses.network.probability),
      target: one(isLate(flight) ? 1 : 0),
    }),
    learningRate: 1e-3,
  });

/** Of the last 50 blocks: the network beside those who do not learn. */
const curvesOf = ({ lately }: Standing) => {
  const curve = (key: keyof Score) =>
    Object.fromEntries(guessers.map((guesser) => [guesser, lately[guesser][key]]));
  return {
    "log loss, lately": curve("logLoss"),
    "AUC, lately": curve("auc"),
    "delay, mean error": curve("mae"),
  };
};

const one = (x: number): Matrix => matrix([[x]]);
