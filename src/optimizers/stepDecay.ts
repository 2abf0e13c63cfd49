import { finite, knownOptions, whole } from "../math/invalid.ts";
import { power } from "../math/power.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

export interface StepDecayOptions {
  readonly every: number;
  readonly factor?: number;
}

/** lr·factor^⌊t / every⌋ at step t = 0, 1, …: constant for a while, then a step down. */
export const stepDecay = (lr: number, options: StepDecayOptions): Schedule => {
  const { every, factor = 0.1 } = options;
  const source = call("stepDecay", lr, options);
  knownOptions(source, options, ["every", "factor"]);
  finite(source, "learning rate", lr, { min: 0 });
  finite(source, "factor", factor, { min: 0 });
  whole(source, "every", every);
  return defineSchedule(source, (t) => lr * power(factor, Math.floor(t / every)));
};
