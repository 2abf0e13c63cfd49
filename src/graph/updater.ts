import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { descend, keeps } from "../optimizers/descend.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Weights } from "./weights.ts";

/** A rule at work on weights. */
export interface Updater {
  /** w ← w − rule(g), once: all of it, or none. @throws InvalidInputError when a gradient or a weight would not be finite. */
  update(loss?: number): void;
  /** Stops following whatever the rule follows, and gives its memory back. */
  close(): void;
}

/** Starts a rule on weights; its state begins anew. */
export const updater = (rule: Rule, weights: Weights): Updater => {
  const { values, gradients, kernels } = weights;
  const owned: Matrix[] = [];
  const zeros = (): Vector => {
    const v = values.zeros();
    owned.push(storeOf(v));
    return v;
  };
  // not Object.create(values): what is a prototype is slow to read
  const own = { ...Object.getOwnPropertyDescriptors(values), zeros: { value: zeros } };
  const state = rule.init(Object.create(Object.getPrototypeOf(values), own) as Vector);
  const following = rule.follow?.(state);
  const { cols: length } = values;
  // of a sparse gradient only the touched rows are looked at: the others are zero
  const sparse = gradients.segments.some(({ touched }) => touched);
  let whole = true;
  const look = (from: number, to: number): void => {
    whole &&= kernels.finiteSquares(storeOf(gradients), from, to);
  };
  const looksFirst = keeps(rule);
  const checkGradients = (): void => {
    whole = true;
    eachRange(gradients, sparse, look);
    if (!whole)
      throw invalid(rule.source, "finite gradients, and finite squares of them", largestGradient(weights));
  };
  return {
    update: (loss) => {
      if (values.cols !== length)
        throw new Error(
          `${rule.source} expects the ${length} weights that it started with, got ${values.cols}: wire the whole graph first`,
        );
      if (looksFirst) checkGradients();
      if (loss !== undefined) rule.observe?.(state, loss);
      if (!descend(rule, gradients, state, values)) {
        checkGradients();
        throw invalid(rule.source, "weights that stay finite", "a step that would make them overflow");
      }
      weights.settle();
    },
    close: () => {
      following?.unsubscribe();
      for (const v of owned.splice(0)) kernels.free(v);
    },
  };
};

/** What the kernels know of a vector. */
const storeOf = (v: Vector): Matrix => v.store ?? v;

/** The gradient that is least fit, in words. */
const largestGradient = ({ parameters }: Weights): string => {
  const size = (g: number) => (Number.isNaN(g) ? Number.POSITIVE_INFINITY : Math.abs(g));
  let [worst, where] = [0, ""];
  for (const { name, grad } of parameters)
    for (const g of grad.data) if (where === "" || size(g) > size(worst)) [worst, where] = [g, name];
  return `${worst} in the gradient of ${where}`;
};
