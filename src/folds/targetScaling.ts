import { type Moments, meanOf, moments } from "./moments.ts";
import { steadyMoments } from "./steadyMoments.ts";

/** Values brought to mean 0 and deviation 1 by what came, of which old ones fade, and back. */
export interface TargetScaling {
  init(): Moments;
  learn(m: Moments, y: number): void;
  scale(m: Moments, y: number): number;
  unscale(m: Moments, z: number): number;
}

/** As by a standardScaler of about the last 1 / (1 − fading) values; while all were the same, the deviation counts as 1. */
export const targetScaling = ({ fading = 0.9999 }: { readonly fading?: number } = {}): TargetScaling => ({
  init: moments,
  learn: (m, y) => steadyMoments(m, y, fading),
  scale: (m, y) => Math.max(-bound, Math.min(bound, (y - center(m)) / deviation(m))),
  unscale: (m, z) => center(m) + z * deviation(m),
});

/** Scaled values stay within what float32 and the square of a loss can hold. */
const bound = 1e6;

const center = (m: Moments): number => (m.weight > 0 ? meanOf(m) : 0);
const deviation = ({ weight, m2 }: Moments): number => (m2 > 0 ? Math.sqrt(m2 / weight) : 1);
