import { finite, knownOptions } from "../math/invalid.ts";
import { power } from "../math/power.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

export interface ExponentialDecayOptions {
  /** What is left of the rate after `every` steps. */
  readonly rate: number;
  readonly every?: number;
  /** Fall once in `every` steps, rather than a little at each. */
  readonly staircase?: boolean;
}

/** lr·rate^(t / every) at step t = 0, 1, …; with staircase t / every is rounded down. */
export const exponentialDecay = (lr: number, options: ExponentialDecayOptions): Schedule => {
  const { rate, every = 1, staircase = false } = options;
  const source = call("exponentialDecay", lr, options);
  knownOptions(source, options, ["rate", "every", "staircase"]);
  finite(source, "learning rate", lr, { min: 0 });
  finite(source, "rate", rate, { min: 0 });
  aboveZero(source, "every", every);
  return defineSchedule(source, (t) => lr * power(rate, staircase ? Math.floor(t / every) : t / every));
};
