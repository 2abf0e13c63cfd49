import { finite, invalid, knownOptions } from "../math/invalid.ts";
import type { Vector } from "../math/vector.ts";
import { aboveZero } from "./aboveZero.ts";
import { call } from "./call.ts";
import { inOneGo } from "./descend.ts";
import { type LearningRate, learningRate, type RateState } from "./learningRate.ts";
import type { Rule } from "./rule.ts";
import { type Elements, keptByState, type Work } from "./work.ts";

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

/**
 * A rule from its formula: a loop over a range of elements, the numbers that they share, and `prepare`, which sets those
 * that change at each step t = 1, 2, …; η, the learning rate, is always there. With `lazy` the loop runs over the touched
 * rows alone.
 * @throws InvalidInputError when the rate or an option is out of its range.
 */
export const defineRule = <
  K extends string = never,
  C extends object = object,
  V extends object = object,
  N extends object = object,
>(part: {
  name: string;
  /** For a rule without one, leave it out: η is 1 then, and not printed. */
  lr?: LearningRate;
  /** As they were given: they are printed, and checked by their names. */
  options?: object;
  /** The names of those it has besides `lazy`, and with a rate `weightDecay`. */
  own?: readonly string[];
  /** What to keep: vectors that start with zeros. */
  memory?: readonly K[];
  /** What to keep besides: numbers, as they are at the start. */
  numbers?: N;
  /** The numbers of the formula: β₁, ε, … */
  constants?: C;
  /** Those that change from step to step, with any value. */
  changing?: V;
  prepare?(c: { η: number } & V, numbers: N, t: number): void;
  /** Writes `step` from `from` to `to` − 1, and moves the memory on. */
  loop(x: Elements<K>, c: Readonly<{ η: number } & C & V>, from: number, to: number): void;
  /** An emitted formula that does what the loop does, see math/simd/rules.ts. */
  formula?: string;
}): Rule<RuleState<K> & N> => {
  const {
    name,
    lr,
    options = {},
    own = [],
    memory = [],
    numbers,
    constants,
    changing,
    prepare,
    loop,
    formula,
  } = part;
  const rated = "lr" in part;
  const source = rated ? call(name, lr, options) : call(name, options);
  knownOptions<Record<string, unknown>>(source, { ...options }, [
    ...own,
    ...(rated ? ["weightDecay"] : []),
    "lazy",
  ]);
  const rate = learningRate(source, rated ? lr : 1);
  for (const [key, value] of Object.entries(options)) checkOption(source, key, value);
  type State = RuleState<K> & N;
  type Scalars = { η: number } & C & V;
  const work = keptByState<K, Scalars>({
    formula,
    memory,
    scalars: { η: 0, ...constants, ...changing } as Scalars,
    changing: ["η", ...(Object.keys(changing ?? {}) as (keyof V & string)[])],
    lazy: "lazy" in options && options.lazy === true,
    loop,
  });
  const prepared = (s: State): Work<Scalars> => {
    const ready = work(s);
    ready.scalars.η = rate.next(s.rate);
    prepare?.(ready.scalars, s, s.rate.step);
    return ready;
  };
  return {
    source,
    init: (w) => {
      const state: Record<string, unknown> = { rate: rate.init(), step: w.zeros(), ...numbers };
      for (const key of memory) state[key] = w.zeros();
      return state as State;
    },
    observe: (s, loss) => rate.observe(s.rate, loss),
    follow: (s) => rate.follow(s.rate),
    update: inOneGo<State>(
      (gradient, s, weights) => prepared(s).step(gradient, weights),
      (gradient, s, weights) => prepared(s).descend(gradient, weights),
      { keeps: memory.length > 0 || numbers !== undefined || typeof lr !== "number" },
    ),
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
