import type { Random } from "./random.ts";

/** A number from the Poisson distribution: how many arrivals, an exponential time apart, there are until `rate`. */
export const drawPoisson = (rng: Random, rate: number): number => {
  const wait = (): number => -Math.log(1 - rng.uniform());
  let count = 0;
  for (let t = wait(); t < rate; t += wait()) count++;
  return count;
};
