import { finite, knownOptions, whole } from "../math/invalid.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

export interface CosineOptions {
  /** Steps from the top to the bottom. */
  readonly steps: number;
  readonly minimum?: number;
  /** Start again from the top after the bottom, rather than stay there. */
  readonly restart?: boolean;
}

/** From lr down to the minimum along half a cosine: min + ½(lr − min)(1 + cos(πt / steps)) (Loshchilov & Hutter, 2017). */
export const cosine = (lr: number, options: CosineOptions): Schedule => {
  const { steps, minimum = 0, restart = false } = options;
  const source = call("cosine", lr, options);
  knownOptions(source, options, ["steps", "minimum", "restart"]);
  finite(source, "learning rate", lr, { min: 0 });
  whole(source, "steps", steps);
  finite(source, "minimum", minimum, { min: 0 });
  return defineSchedule(source, (step) => {
    const t = restart ? step % steps : Math.min(step, steps);
    return minimum + 0.5 * (lr - minimum) * (1 + Math.cos((Math.PI * t) / steps));
  });
};
