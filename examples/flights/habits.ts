import { clippedDelay, type Departure, type Flight, isLate } from "./flight.ts";
import type { Lateness } from "./recently.ts";

/** Bins of 5 minutes, from 3 in the morning, when next to nothing departs, to the next. */
const minutesPerBin = 5;
const bins = 1440 / minutesPerBin;
const morning = 180;
/** What is left of a day's weight after another day. */
const fading = 0.9;

/** Some bins before (−) and after (+) that of a departure, the first and the last. */
export type Span = readonly [number, number];

/** The habits of a route, as seen from a departure. */
export interface Habit {
  /** How many flights leave in the span on a usual day. */
  usual(span: Span): number;
  /** How many have left in the span today. */
  today(span: Span): number;
  /** How late those of the span usually land, drawn towards `prior` as if that were `strength` flights. */
  lateness(span: Span, prior: Lateness, strength: number): Lateness;
}

/** When the flights of each route usually leave, and how late those then land: a timetable learned from what happens. */
export interface Habits {
  of(departure: Departure): Habit;
  depart(departure: Departure): void;
  land(flight: Flight): void;
}

interface Route {
  day: number;
  /** Days seen, of which older ones count for less. */
  days: number;
  readonly today: Float32Array;
  readonly usual: Float32Array;
  readonly landed: Float32Array;
  readonly late: Float32Array;
  readonly minutes: Float32Array;
}

export const habits = (): Habits => {
  const routes = new Map<string, Route>();
  const routeOf = ({ origin, destination }: Departure, day: number): Route => {
    const key = `${origin} ${destination}`;
    const route = routes.get(key) ?? newRoute(day);
    routes.set(key, route);
    if (route.day < day) turnPage(route, day);
    return route;
  };
  return {
    of: (departure) => {
      const { day, bin } = dayAndBin(departure);
      const route = routeOf(departure, day);
      const sum = (counts: Float32Array, [from, to]: Span): number => {
        let total = 0;
        for (let i = Math.max(0, bin + from); i <= Math.min(bins - 1, bin + to); i++) total += counts[i]!;
        return total;
      };
      return {
        usual: (span) => sum(route.usual, span) / (route.days + 0.5),
        today: (span) => sum(route.today, span),
        lateness: (span, prior, strength) => {
          const weight = sum(route.landed, span) + strength;
          return {
            rate: (sum(route.late, span) + strength * prior.rate) / weight,
            minutes: (sum(route.minutes, span) + strength * prior.minutes) / weight,
          };
        },
      };
    },
    depart: (departure) => {
      const { day, bin } = dayAndBin(departure);
      routeOf(departure, day).today[bin]!++;
    },
    land: (flight) => {
      const { day, bin } = dayAndBin(flight);
      const route = routeOf(flight, day);
      route.landed[bin]!++;
      route.late[bin]! += isLate(flight) ? 1 : 0;
      route.minutes[bin]! += clippedDelay(flight);
    },
  };
};

const dayAndBin = ({ time }: Departure): { day: number; bin: number } => {
  const day = Math.floor((time - morning) / 1440);
  return { day, bin: Math.floor((time - morning - 1440 * day) / minutesPerBin) };
};

const newRoute = (day: number): Route => {
  const counts = () => new Float32Array(bins);
  return {
    day,
    days: 0,
    today: counts(),
    usual: counts(),
    landed: counts(),
    late: counts(),
    minutes: counts(),
  };
};

/** Today becomes one of the usual days, and all of them fade. */
const turnPage = (route: Route, day: number): void => {
  const f = fading ** (day - route.day);
  for (let i = 0; i < bins; i++) {
    route.usual[i] = f * (route.usual[i]! + route.today[i]!);
    route.today[i] = 0;
    route.landed[i]! *= f;
    route.late[i]! *= f;
    route.minutes[i]! *= f;
  }
  for (; route.day < day; route.day++) route.days = fading * (route.days + 1);
};
