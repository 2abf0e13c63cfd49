import type { Departure, Flight } from "./flight.ts";
import { habits, type Span } from "./habits.ts";
import { type Lateness, recently } from "./recently.ts";

/** Whole numbers come first, each for an embedding: how many different ones there are, and how wide its vectors are. */
export const codes = [
  { name: "origin", size: 512, width: 8 },
  { name: "destination", size: 512, width: 8 },
  { name: "hour", size: 24, width: 4 },
  { name: "weekday", size: 7, width: 3 },
  { name: "minute", size: 60, width: 3 },
] as const;

/** What a flight is judged by, and what that is made of: departures so far, and flights that have landed. */
export interface Features {
  /** The features at departure; it changes nothing. */
  of(departure: Departure): number[];
  depart(departure: Departure): void;
  land(flight: Flight, now: number): void;
}

/** Around the minute of departure, in bins of 5 minutes: what usually leaves then, and what has left today. */
const spans: readonly Span[] = [
  [2, 6],
  [1, 1],
  [0, 0],
  [-1, -1],
  [-3, -2],
  [-6, -4],
  [-12, -7],
  [-24, -13],
];

export const features = (): Features => {
  const airports = new Map<string, number>();
  const codeOf = (airport: string): number => airports.get(airport) ?? 0; // 0: one not seen before
  const meet = (airport: string): void => {
    if (!airports.has(airport) && airports.size < codes[0].size - 1) airports.set(airport, airports.size + 1);
  };
  const ever = recently(Number.POSITIVE_INFINITY);
  const hour = recently(60);
  const quarterDay = recently(360);
  const departed = recently(120); // by origin
  const arrived = recently(120); // by destination
  const routes = habits();

  return {
    of: (departure) => {
      const { time, distance, origin, destination } = departure;
      const clock = new Date(time * 60_000);
      const usually = ever.read("", time, { rate: 0.2, minutes: 6 }, 10);
      const now = quarterDay.read("", time, usually, 20);
      const habit = routes.of(departure);
      return [
        codeOf(origin),
        codeOf(destination),
        clock.getUTCHours(),
        clock.getUTCDay(),
        clock.getUTCMinutes(),
        ...scaled(departed.read(origin, time, now, 3)),
        distance / 600 - 1.2,
        Math.log(distance) - 6.3,
        ...scaled(hour.read("", time, usually, 20)),
        ...scaled(now),
        ...scaled(departed.read(destination, time, now, 3)),
        ...scaled(arrived.read(origin, time, now, 3)),
        ...scaled(arrived.read(destination, time, now, 3)),
        ...scaled(habit.lateness([-1, 1], usually, 1)),
        ...scaled(habit.lateness([-3, 3], usually, 2)),
        ...spans.flatMap((span) => {
          const usual = habit.usual(span);
          return [Math.log(usual + 0.02) / 2 + 1, usual - habit.today(span)];
        }),
      ];
    },
    depart: (departure) => {
      meet(departure.origin);
      meet(departure.destination);
      routes.depart(departure);
    },
    land: (flight, now) => {
      for (const everywhere of [ever, hour, quarterDay]) everywhere.learn("", now, flight);
      departed.learn(flight.origin, now, flight);
      arrived.learn(flight.destination, now, flight);
      routes.land(flight);
    },
  };
};

/** About −1 … 1: the rate as log odds, the minutes as half hours. */
const scaled = ({ rate, minutes }: Lateness): [number, number] => [
  Math.log(rate / (1 - rate)) + 1.4,
  minutes / 30,
];
