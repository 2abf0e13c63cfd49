import { type Fold, holding, mean } from "rxgrad";
import { type Departure, type Flight, isLate } from "./flight.ts";
import { recently } from "./recently.ts";

/** What somebody says of a flight when it departs. */
export interface Guess {
  /** Of landing late. */
  readonly probability: number;
  /** The delay. */
  readonly minutes: number;
}

/** Who guesses: the network, and two baselines. */
export const guessers = ["network", "recent", "running"] as const;
export type Guesser = (typeof guessers)[number];

/** An honest baseline: it knows what has landed, as the network does. */
export interface Rival {
  guess(departure: Departure): Guess;
  land(flight: Flight, now: number): void;
}

/** The share of late flights so far, and the median of their delays: the best that one number can do. */
export const runningRate = (): Rival => {
  const rate = holding(mean());
  const delay = holding(median());
  for (const late of [1, 0, 0, 0, 0]) rate.learn(late); // until it knows better
  return {
    guess: () => ({ probability: rate.reading, minutes: delay.reading }),
    land: (flight) => {
      rate.learn(isLate(flight) ? 1 : 0);
      delay.learn(flight.delay);
    },
  };
};

/** How late flights from the same origin were of late, with a half-life of an hour, drawn towards all flights of late. */
export const recentRate = (): Rival => {
  const everywhere = recently(60);
  const origins = recently(60);
  return {
    guess: ({ origin, time }) => {
      const all = everywhere.read("", time, { rate: 0.2, minutes: 6 }, 5);
      const { rate, minutes } = origins.read(origin, time, all, 5);
      return { probability: rate, minutes };
    },
    land: (flight, now) => {
      everywhere.learn("", now, flight);
      origins.learn(flight.origin, now, flight);
    },
  };
};

/** The (lower) median of whole numbers; 0 before the first. Each number moves it by a step or two. */
export const median = (): Fold<
  number,
  number,
  { counts: Map<number, number>; n: number; below: number; median: number }
> => ({
  init: () => ({ counts: new Map(), n: 0, below: 0, median: 0 }),
  step: (state, x) => {
    const count = (value: number): number => state.counts.get(value) ?? 0;
    state.counts.set(x, count(x) + 1);
    if (state.n++ === 0) state.median = x;
    if (x < state.median) state.below++;
    while (state.below > (state.n - 1) / 2) state.below -= count(--state.median);
    while (state.below + count(state.median) < state.n / 2) state.below += count(state.median++);
    return state;
  },
  read: (state) => state.median,
});
