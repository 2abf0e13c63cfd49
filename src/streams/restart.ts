import { redraw } from "../graph/redraw.ts";
import type { DriftPolicy } from "./driftPolicy.ts";

/** On drift the model begins anew: with the weights that its seed gave it at first, and a new optimizer. */
export const restart = (): DriftPolicy => ({
  source: "restart()",
  start: (training) => ({
    react: ({ drift }) => {
      if (!drift) return "none";
      redraw(training.model);
      training.keeper.restart();
      return "restarted";
    },
  }),
});
