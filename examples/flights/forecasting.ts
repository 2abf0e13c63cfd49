import { delayed, minibatch, type Sample, train } from "rxgrad";
import {
  connect,
  defer,
  ignoreElements,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  tap,
} from "rxjs";
import { features } from "./features.ts";
import { type Flight, landing } from "./flight.ts";
import { guess, loss, network, optimizer, targets } from "./network.ts";
import { type Guess, type Guesser, recentRate, runningRate } from "./rivals.ts";

/** A flight, and what was said of it when it departed. */
export interface Forecast {
  readonly flight: Flight;
  /** Its features at departure. */
  readonly x: readonly number[];
  readonly guesses: Readonly<Record<Guesser, Guess>>;
}

/**
 * Forecasts each flight when it departs, with the weights and statistics of that moment, and learns from it when it has
 * landed. Emits the forecasts in the order of landing, for whoever wants to score them.
 */
export const forecasting =
  ({ seed = 1 }: { seed?: number } = {}): OperatorFunction<Flight, Forecast> =>
  (flights$) =>
    defer(() => {
      const known = features();
      const net = network(width, seed);
      const rivals = { recent: recentRate(), running: runningRate() };

      const depart = (flight: Flight): Forecast => {
        const x = known.of(flight);
        const guesses = {
          network: guess(net, x),
          recent: rivals.recent.guess(flight),
          running: rivals.running.guess(flight),
        };
        known.depart(flight);
        return { flight, x, guesses };
      };
      const land = ({ flight }: Forecast): void => {
        for (const one of [known, rivals.recent, rivals.running]) one.land(flight, landing(flight));
      };
      const learn = (landed$: Observable<Forecast>): Observable<never> =>
        landed$.pipe(
          map(({ flight, x }): Sample => ({ x, y: targets(flight) })),
          minibatch(32),
          train(net, { loss, optimizer }),
          ignoreElements(),
        );

      return flights$.pipe(
        map(depart),
        delayed(({ flight }) => landing(flight), { moment: ({ flight }) => flight.time }),
        tap(land),
        connect((landed$) => merge(learn(landed$), landed$)),
      );
    });

/** How many features a flight has. */
const width = features().of({ time: 0, distance: 1, origin: "", destination: "" }).length;
