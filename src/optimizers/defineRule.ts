import { finite, invalid } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { type LearningRate, learningRate, type RateState } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

/** What every rule with a learning rate can be told. */
export interface RuleOptions {
  /** λ ‖w‖²/2 is added to the loss, so λ·w to the gradient; adamw and lion say how theirs differs. */
  readonly weightDecay?: number;
  /** Update only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

/** What most rules keep: how far the learning rate has come, the step that goes out, and vectors such as m and v. */
export type RuleState<K extends string = never> = { readonly rate: RateState; readonly step: Vector } & {
  readonly [key in K]: Vector;
};

/** What an update works on at time t = 1, 2, …: the gradient, the weights, the step to write, the rate, and m, v, …. */
export type Update<K extends string = never> = {
  readonly g: Data;
  readonly w: Data;
  readonly step: Data;
  readonly η: number;
  readonly t: number;
} & { readonly [key in K]: Data };

/**
 * A rule from its update, which prepares what all weights have in common and returns the loop over a range of them; with
 * `lazy` the loop runs over the touched rows alone.
 * @throws InvalidInputError when the rate or an option is out of its range.
 */
export const defineRule = <K extends string = never, N extends object = object>(part: {
  name: string;
  /** 1 when left out, and not printed. */
  lr?: LearningRate | undefined;
  /** As they were given: they are printed, and checked by their names. */
  options?: object;
  /** What to keep: vectors that start with zeros. */
  memory?: readonly K[];
  /** What to keep besides: numbers, as they are at the start. */
  numbers?: N;
  update(at: Update<K>, numbers: N): (from: number, to: number) => void;
}): Rule<RuleState<K> & N> => {
  const { name, lr, options = {}, memory = [], numbers, update } = part;
  const source = lr === undefined ? call(name, options) : call(name, lr, options);
  const rate = learningRate(source, lr ?? 1);
  for (const [key, value] of Object.entries(options)) checkOption(source, key, value);
  const lazy = "lazy" in options && options.lazy === true;
  return {
    source,
    init: (w) => {
      const state: Record<string, unknown> = { rate: rate.init(), step: w.zeros(), ...numbers };
      for (const key of memory) state[key] = w.zeros();
      return state as RuleState<K> & N;
    },
    observe: (s, loss) => rate.observe(s.rate, loss),
    follow: (s) => rate.follow(s.rate),
    update: (gradient, s, weights) => {
      const step = s.step.data;
      const η = rate.next(s.rate);
      const at: Record<string, unknown> = { g: gradient.data, w: weights.data, step, η, t: s.rate.step };
      for (const key of memory) at[key] = s[key].data;
      if (lazy) step.fill(0);
      eachRange(gradient, lazy, update(at as Update<K>, s));
      return s.step;
    },
  };
};

/** Means over time fade by less than 1, what divides is above 0, and the rest is 0 or more. */
const checkOption = (source: string, name: string, value: unknown): void => {
  if (value === undefined || typeof value === "boolean") return;
  const x = finite(source, name, value as number, { min: 0 });
  if ((name === "beta1" || name === "beta2" || name === "rho") && x >= 1)
    throw invalid(source, `a number below 1 as ${name}`, String(x));
  if (name === "alpha") aboveZero(source, name, x);
};
