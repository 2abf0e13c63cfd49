import { type Moments, see } from "./moments.ts";

/** After so many values it is known what is far away. */
const enough = 30;
/** How many deviations away a value may be and still be learned as it is. */
const far = 10;
/** Larger numbers have squares that overflow. */
const largest = 1e100;

/**
 * Sees one more number, while what was seen before fades. What is more than 10 deviations away counts as being there, so that a
 * few wrong values do not hide all those to come; a scale that has really changed is followed all the same.
 */
export const steadyMoments = (m: Moments, x: number, fading: number): void => {
  let v = Math.max(-largest, Math.min(largest, x));
  if (m.weight >= enough && m.m2 > 0) {
    const mean = m.origin + m.shift;
    const reach = far * Math.sqrt(m.m2 / m.weight);
    v = Math.max(mean - reach, Math.min(mean + reach, v));
  }
  m.weight *= fading;
  m.m2 *= fading;
  see(m, v);
};
