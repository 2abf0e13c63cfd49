import { clippedDelay, type Flight, isLate } from "./flight.ts";

/** How late flights are: the share of late ones, and the mean delay in minutes. */
export interface Lateness {
  readonly rate: number;
  readonly minutes: number;
}

/** Lateness by key, of which the past counts for less and less. */
export interface Recently {
  /** A flight has landed. */
  learn(key: string, now: number, flight: Flight): void;
  /** The lateness so far, drawn towards `prior` as if that were `strength` flights. */
  read(key: string, now: number, prior: Lateness, strength: number): Lateness;
}

/** Decayed means in event time: a landed flight counts half as much after every half-life, which is in minutes. */
export const recently = (halfLife: number): Recently => {
  const sums = new Map<string, { at: number; flights: number; late: number; minutes: number }>();
  const fading = (at: number, now: number): number => 2 ** ((at - now) / halfLife);
  return {
    learn: (key, now, flight) => {
      const s = sums.get(key) ?? { at: now, flights: 0, late: 0, minutes: 0 };
      const f = fading(s.at, now);
      s.at = now;
      s.flights = s.flights * f + 1;
      s.late = s.late * f + (isLate(flight) ? 1 : 0);
      s.minutes = s.minutes * f + clippedDelay(flight);
      sums.set(key, s);
    },
    read: (key, now, prior, strength) => {
      const s = sums.get(key);
      if (!s) return prior;
      const f = fading(s.at, now);
      const weight = s.flights * f + strength;
      return {
        rate: (s.late * f + strength * prior.rate) / weight,
        minutes: (s.minutes * f + strength * prior.minutes) / weight,
      };
    },
  };
};
