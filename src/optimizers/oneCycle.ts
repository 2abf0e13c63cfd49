import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { defineSchedule } from "./defineSchedule.ts";
import type { Schedule } from "./learningRate.ts";

export interface OneCycleOptions {
  readonly steps: number;
  /** The part of the steps in which the rate rises. */
  readonly rise?: number;
  /** The rate starts at max / startDivisor. */
  readonly startDivisor?: number;
  /** The rate ends at start / endDivisor. */
  readonly endDivisor?: number;
  readonly shape?: "cosine" | "linear";
}

/**
 * Up to max and down again to almost nothing, once (Smith & Topin, 2018; as PyTorch's OneCycleLR). After the last step it
 * stays at the end.
 */
export const oneCycle = (max: number, options: OneCycleOptions): Schedule => {
  const { steps, rise = 0.3, startDivisor = 25, endDivisor = 1e4, shape = "cosine" } = options;
  const source = call("oneCycle", max, options);
  knownOptions(source, options, ["steps", "rise", "startDivisor", "endDivisor", "shape"]);
  finite(source, "learning rate", max, { min: 0 });
  whole(source, "steps", steps, 2);
  finite(source, "rise", rise, { min: 0, max: 1 });
  aboveZero(source, "startDivisor", startDivisor);
  aboveZero(source, "endDivisor", endDivisor);
  if (!Object.hasOwn(shapes, shape)) throw invalid(source, '"cosine" or "linear" as shape', String(shape));
  const start = max / startDivisor;
  const end = start / endDivisor;
  const peak = rise * steps - 1;
  const between = shapes[shape];
  return defineSchedule(source, (t) =>
    peak > 0 && t <= peak
      ? between(start, max, t / peak)
      : between(max, end, Math.min(1, (t - peak) / (steps - 1 - peak))),
  );
};

const shapes = {
  cosine: (from: number, to: number, part: number): number =>
    to + ((from - to) / 2) * (Math.cos(Math.PI * part) + 1),
  linear: (from: number, to: number, part: number): number => (to - from) * part + from,
};
