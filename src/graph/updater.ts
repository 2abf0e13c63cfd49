import { invalid } from "../math/invalid.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Weights } from "./weights.ts";

/** A rule at work on weights. */
export interface Updater {
  /** w ← w − rule(g), once: all of it, or none. @throws InvalidInputError when a gradient or a weight would not be finite. */
  update(loss?: number): void;
  /** Stops following whatever the rule follows. */
  close(): void;
}

/** Starts a rule on weights; its state begins anew. */
export const updater = (rule: Rule, weights: Weights): Updater => {
  const { values, gradients, kernels } = weights;
  const state = rule.init(values);
  const following = rule.follow?.(state);
  const { length } = values.data;
  return {
    update: (loss) => {
      if (values.data.length !== length)
        throw new Error(
          `${rule.source} expects the ${length} weights that it started with, got ${values.data.length}: wire the whole graph first`,
        );
      if (!kernels.finite(gradients.data))
        throw invalid(rule.source, "finite gradients", `${firstNotFinite(weights)}`);
      if (loss !== undefined) rule.observe?.(state, loss);
      const step = rule.update(gradients, state, values).data;
      const w = values.data;
      if (!kernels.finiteDifference(w, step))
        throw invalid(rule.source, "weights that stay finite", "a step that would make them overflow");
      kernels.subtract(w, step); // w ← w − step
      weights.settle();
    },
    close: () => following?.unsubscribe(),
  };
};

const firstNotFinite = ({ parameters }: Weights): string => {
  for (const { name, grad } of parameters) {
    const i = grad.data.findIndex((g) => !Number.isFinite(g));
    if (i >= 0) return `${grad.data[i]} in the gradient of ${name}`;
  }
  return "one that is not";
};
