import { finite, knownOptions } from "../math/invalid.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

export interface InverseTimeOptions {
  readonly rate: number;
  readonly every?: number;
}

/** lr / (1 + rate·t / every) at step t = 0, 1, …: slow enough that the steps still sum to infinity. */
export const inverseTime = (lr: number, options: InverseTimeOptions): Schedule => {
  const { rate, every = 1 } = options;
  const source = call("inverseTime", lr, options);
  knownOptions(source, options, ["rate", "every"]);
  finite(source, "learning rate", lr, { min: 0 });
  finite(source, "rate", rate, { min: 0 });
  aboveZero(source, "every", every);
  return defineSchedule(source, (t) => lr / (1 + (rate * t) / every));
};
