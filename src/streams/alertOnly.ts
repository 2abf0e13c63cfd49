import type { DriftPolicy } from "./driftPolicy.ts";

/** The policy that only tells of drift, and leaves the model to itself. */
export const alertOnly = (): DriftPolicy => ({
  source: "alertOnly()",
  start: () => ({ react: () => "none" }),
});
