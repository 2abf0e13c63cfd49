import { delayedPrequential, type Matrix, type Model } from "rxgrad";
import { defer, map, type OperatorFunction, tap } from "rxjs";
import { features } from "./features.ts";
import { type Flight, landing } from "./flight.ts";
import { guess, loss, network, optimizer, targets } from "./network.ts";
import { type Guess, type Guesser, recentRate, runningRate } from "./rivals.ts";

/** A flight, and what was said of it when it departed. */
export interface Forecast {
  readonly flight: Flight;
  /** Its features at departure. */
  readonly x: readonly number[];
  /** What the network said, 1 × 2, in its own units. */
  readonly answer: Matrix;
  readonly guesses: Readonly<Record<Guesser, Guess>>;
  /** The training loss of the batch that this flight filled when it landed. */
  readonly loss?: number;
}

/** The network for these features, from a seed. */
export const forecaster = (seed: number): Model => network(width, seed);

/**
 * Forecasts each flight when it departs, with the weights and statistics of that moment, and learns from it when it has
 * landed. Emits the forecasts in the order of landing, for whoever wants to score them.
 */
export const forecasting =
  ({ seed = 1, net }: { seed?: number; net?: Model } = {}): OperatorFunction<Flight, Forecast> =>
  (flights$) =>
    defer(() => {
      const known = features();
      const own = net ?? forecaster(seed);
      const rivals = { recent: recentRate(), running: runningRate() };

      const depart = (flight: Flight): Forecast => {
        const x = known.of(flight);
        const answer = own.predict(x);
        const guesses = {
          network: guess(answer),
          recent: rivals.recent.guess(flight),
          running: rivals.running.guess(flight),
        };
        known.depart(flight);
        return { flight, x, answer, guesses };
      };
      const land = ({ flight }: Forecast): void => {
        for (const one of [known, rivals.recent, rivals.running]) one.land(flight, landing(flight));
      };
      return flights$.pipe(
        map(depart),
        delayedPrequential(own, {
          moment: ({ flight }) => flight.time,
          delay: ({ flight }) => landing(flight) - flight.time,
          sample: ({ flight, x }) => ({ x, y: targets(flight) }),
          prediction: ({ answer }) => answer,
          batchSize: 32,
          loss,
          optimizer,
        }),
        map(({ item, learned }) => (learned ? { ...item, loss: learned.loss } : item)),
        tap(land),
      );
    });

/** How many features a flight has. */
const width = features().of({ time: 0, distance: 1, origin: "", destination: "" }).length;
