import { finite, knownOptions } from "../math/invalid.ts";
import { norm, type Vector } from "../math/vector.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { inOneGo } from "./descend.ts";
import type { Rule } from "./rule.ts";
import { keptByState, type Work } from "./work.ts";

export interface DogOptions {
  /** How far the first step goes, as a part of 1 + ‖w₀‖; small beside the distance to where the weights will end. */
  readonly firstStep?: number;
  readonly epsilon?: number;
}

export interface DogState {
  readonly step: Vector;
  /** w − w₀, as the sum of the steps: in float32 the difference of the weights would not show the first ones. */
  readonly d: Vector;
  /** r̄, the longest ‖w − w₀‖ until now. */
  distance: number;
  /** Σ ‖g‖² */
  squares: number;
}

/**
 * Distance over gradients, descent without a learning rate: step = η·g with η = r̄ / √(Σ‖g‖² + ε), where r̄ is the longest
 * distance that the weights had from where they started, at first `firstStep`·(1 + ‖w₀‖) (Ivgi, Hinder & Carmon, 2023).
 * There is one η for the whole model; multiplying the loss by a number hardly changes anything, multiplying an input does.
 * The authors average the weights of all steps, which this does not.
 */
export const dog = (options: DogOptions = {}): Rule => {
  const { firstStep = 1e-6, epsilon: ε = 1e-8 } = options;
  const source = call("dog", options);
  knownOptions(source, options, ["firstStep", "epsilon"]);
  aboveZero(source, "firstStep", firstStep);
  finite(source, "epsilon", ε, { min: 0 });
  const work = keptByState({
    formula: "dog",
    memory: ["d"],
    scalars: { η: 0 },
    changing: ["η"],
    lazy: false,
    loop: ({ g, d, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        step[i] = η * g[i]!;
        d[i] = d[i]! - step[i]!;
      }
    },
  });
  const prepared = (s: DogState, gradient: Vector): Work<{ η: number }> => {
    const ready = work(s);
    s.distance = Math.max(s.distance, norm(s.d));
    s.squares += norm(gradient) ** 2;
    ready.scalars.η = s.squares > 0 ? s.distance / Math.sqrt(s.squares + ε) : 0;
    return ready;
  };
  return {
    source,
    init: (w) => ({ step: w.zeros(), d: w.zeros(), distance: firstStep * (1 + norm(w)), squares: 0 }),
    update: inOneGo<DogState>(
      (gradient, s, weights) => prepared(s, gradient).step(gradient, weights),
      (gradient, s, weights) => prepared(s, gradient).descend(gradient, weights),
    ),
  } satisfies Rule<DogState>;
};
