import type { Activation } from "../layers/activation.ts";
import { concatenate } from "../layers/concatenate.ts";
import { dense } from "../layers/dense.ts";
import { type HedgedHeadsOptions, hedgedHeads } from "../layers/hedgedHeads.ts";
import type { Heads } from "../losses/hedged.ts";
import { heUniform, type Initializer } from "../math/initializers.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { type Composite, chain, type Plan, parallel } from "./plan.ts";

export interface HedgeOptions extends HedgedHeadsOptions {
  /** The width of each hidden layer, or how many of the same width. */
  readonly hidden: readonly number[] | { readonly depth: number; readonly width: number };
  /** Of the hidden layers: relu, unless told otherwise. */
  readonly activation?: Activation;
  /** Of the heads: linear for values, sigmoid for yes or no, softmax for classes. */
  readonly output?: "linear" | "sigmoid" | "softmax";
  /** Whether one more head reads the input itself, which is a net of no depth. */
  readonly inputHead?: boolean;
  /** How the hidden layers start: {@link heUniform}, unless told otherwise. */
  readonly init?: Initializer;
}

/** The plan that {@link hedge} makes: it answers outputs columns, of so many heads. */
export interface Hedge extends Composite, Heads {}

/**
 * A net that finds its own depth: a head on each hidden layer, all at once, which `hedgedHeads` weighs by how they do (Hedge
 * backpropagation: Sahoo, Pham, Lu & Hoi, IJCAI 2018). It learns with the loss `hedged(loss, plan)`, so that a step moves each head by
 * η·αₗ·∇L(fₗ), and a hidden layer by the sum over the heads above it, in one pass.
 * @throws InvalidInputError when a size is no whole number above 0, or an option is not one of those named.
 * @example
 * const plan = hedge(8, 1, { hidden: { depth: 8, width: 32 }, output: "sigmoid" });
 * learner(model(plan), { loss: hedged(binaryCrossentropy(), plan), optimizer: sgd(0.05) });
 */
export const hedge = (inputs: number, outputs: number, options: HedgeOptions): Hedge => {
  const actor = `hedge(${inputs}, ${outputs})`;
  knownOptions(actor, options, names);
  const { hidden, activation = "relu", output = "linear", inputHead = false, init = heUniform() } = options;
  const { beta, smoothing, scaled } = options;
  whole(actor, "inputs", inputs);
  whole(actor, "outputs", outputs);
  if (!["linear", "sigmoid", "softmax"].includes(output))
    throw invalid(actor, '"linear", "sigmoid" or "softmax" as output', String(output));
  const widths = widthsOf(actor, hidden);
  const head = (width: number): Plan =>
    dense(width, outputs, output === "linear" ? {} : { activation: output });
  const beside = (width: number, rest: readonly number[]): Plan =>
    rest.length === 0 ? head(width) : parallel(concatenate(), head(width), above(width, rest));
  const above = (width: number, [next, ...rest]: readonly number[]): Plan =>
    chain(dense(width, next!, { activation, init }), beside(next!, rest));
  const heads = widths.length + Number(inputHead);
  const mixing = hedgedHeads(heads, outputs, {
    ...(beta === undefined ? {} : { beta }),
    ...(smoothing === undefined ? {} : { smoothing }),
    ...(scaled === undefined ? {} : { scaled }),
  });
  return { ...chain(inputHead ? beside(inputs, widths) : above(inputs, widths), mixing), heads, outputs };
};

const names = ["hidden", "activation", "output", "inputHead", "init", "beta", "smoothing", "scaled"] as const;

const widthsOf = (actor: string, hidden: HedgeOptions["hidden"]): readonly number[] => {
  if (typeof hidden !== "object" || hidden === null)
    throw invalid(actor, "widths, or { depth, width }, as hidden", String(hidden));
  if ("depth" in hidden) {
    whole(actor, "hidden.depth", hidden.depth);
    return Array.from({ length: hidden.depth }, () => whole(actor, "hidden.width", hidden.width));
  }
  if (hidden.length === 0) throw invalid(actor, "at least 1 hidden layer", "none");
  return hidden.map((width, i) => whole(actor, `hidden[${i}]`, width));
};
