import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { power } from "../math/power.ts";
import { random, randomFrom } from "../math/random.ts";
import type { Memory } from "./memory.ts";
import { sourceOf } from "./sourceOf.ts";
import { sumTree } from "./sumTree.ts";

export interface PrioritizedOptions {
  /** α: how much the losses decide; with 0 all rows are drawn alike. */
  readonly alpha?: number;
  /** β: how much of the bend is made up for by weights, 1 for all of it; or as a function of the draws so far. */
  readonly beta?: number | ((draws: number) => number);
  /** ε: what is added to a loss, so that none is never drawn. */
  readonly epsilon?: number;
  readonly seed?: number;
}

export interface PrioritizedState<State> {
  /** Of the memory that keeps the rows. */
  inner: State;
  /** pᵅ of each slot, in a sum tree. */
  readonly tree: number[];
  /** The largest p so far, which new rows get. */
  greatest: number;
  random: number[];
  draws: number;
}

/** A memory that goes by losses. */
export interface PrioritizedMemory<State = unknown> extends Memory<State> {
  /** Told the losses of the rows in these slots. */
  feedback(state: State, slots: readonly number[], losses: readonly number[]): void;
}

/**
 * Draws the rows of another memory by their last loss: P(i) ∝ pᵢᵅ with p = |loss| + ε, one from each of n equal shares of
 * the sum, and weighs them by (N·P(i))^−β, divided by the largest of those drawn (Schaul et al., 2016). New rows have the
 * largest p so far. A row can be drawn twice at once. O(log capacity) a row.
 * @throws InvalidInputError for what is no memory, and for an option below 0.
 * @example prioritized(reservoir(500, { seed: 1 }), { alpha: 0.6, beta: 0.4 })
 */
export const prioritized = <State>(
  memory: Memory<State>,
  options: PrioritizedOptions = {},
): PrioritizedMemory<PrioritizedState<State>> => {
  if (typeof memory?.offer !== "function")
    throw invalid("prioritized()", "a memory, such as reservoir(500)", inWords(memory));
  knownOptions("prioritized()", options, ["alpha", "beta", "epsilon", "seed"]);
  const { alpha: α = 0.6, beta = 0.4, epsilon: ε = 1e-6, seed = 0 } = options;
  const source = sourceOf("prioritized", memory, options);
  finite(source, "alpha", α, { min: 0 });
  if (typeof beta !== "function") finite(source, "beta", beta, { min: 0 });
  if (finite(source, "epsilon", ε, { min: 0 }) === 0)
    throw invalid(source, "a number above 0 as epsilon", "0");
  whole(source, "seed", seed, 0);
  const tree = sumTree(memory.capacity);
  type S = PrioritizedState<State>;
  const offer: Memory<S>["offer"] = (state, rows, i) => {
    const slot = memory.offer(state.inner, rows, i);
    if (slot >= 0) tree.set(state.tree, slot, power(state.greatest, α));
    return slot;
  };
  return {
    source,
    capacity: memory.capacity,
    init: () => ({
      inner: memory.init(),
      tree: tree.init(),
      greatest: 1,
      random: [...random(seed).state],
      draws: 0,
    }),
    step: (state, rows) => {
      for (let i = 0; i < rows.x.rows; i++) offer(state, rows, i);
      return state;
    },
    read: ({ inner }) => memory.read(inner),
    kept: ({ inner }) => memory.kept(inner),
    offer,
    sample: (state, n) => {
      const N = memory.kept(state.inner).length;
      if (N === 0) return { slots: [] };
      const β = typeof beta === "function" ? finite(source, "beta", beta(state.draws), { min: 0 }) : beta;
      const rng = randomFrom(Uint32Array.from(state.random));
      const share = tree.total(state.tree) / n;
      const slots = Array.from({ length: n }, (_, k) => tree.find(state.tree, (k + rng.uniform()) * share));
      state.random = [...rng.state];
      state.draws++;
      const P = (i: number) => tree.get(state.tree, i) / tree.total(state.tree);
      const w = slots.map((i) => power(N * P(i), -β));
      const most = Math.max(...w);
      return { slots, weights: w.map((wi) => wi / most) };
    },
    feedback: (state, slots, losses) =>
      slots.forEach((slot, k) => {
        const p = Math.abs(finite(source, "loss", losses[k]!)) + ε;
        state.greatest = Math.max(state.greatest, p);
        tree.set(state.tree, slot, power(p, α));
      }),
  };
};
