import { finite, whole } from "../math/invalid.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

/**
 * A rate, or a schedule, that comes in slowly: times (t + 1) / steps until that is 1. The schedule counts from the first
 * step, not from the end of the warm-up.
 */
export const warmup = (lr: number | Schedule, steps: number): Schedule => {
  const source = call("warmup", lr, steps);
  if (typeof lr === "number") finite(source, "learning rate", lr, { min: 0 });
  whole(source, "steps", steps);
  const full = typeof lr === "number" ? () => lr : lr;
  return defineSchedule(source, (t) => full(t) * Math.min(1, (t + 1) / steps));
};
