import type { DriftPolicy } from "./driftPolicy.ts";

/** On drift the optimizer begins anew, and so do rates that it has lowered; the weights stay. */
export const resetOptimizer = (): DriftPolicy => ({
  source: "resetOptimizer()",
  start: (training) => ({
    react: ({ drift }) => {
      if (!drift) return "none";
      training.keeper.restart();
      return "optimizer reset";
    },
  }),
});
