import type { RuleKernel } from "../math/kernels.ts";
import type { Data, Matrix } from "../math/matrix.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { takeOff } from "./takeOff.ts";

/** What a formula works on: the gradient, the weights, the step to write, and the vectors that it keeps, such as m and v. */
export type Elements<K extends string = never> = {
  readonly g: Data;
  readonly w: Data;
  readonly step: Data;
} & {
  readonly [key in K]: Data;
};

/** What is done to each element, in a loop that is the specification, and by the name of an emitted one that does the same. */
export interface Formula<K extends string, C extends object> {
  /** One of `rules` in math/simd/rules.ts; the loop alone when left out. */
  readonly formula?: string | undefined;
  /** The vectors that it keeps. */
  readonly memory: readonly K[];
  /** Numbers that all elements share. */
  readonly scalars: Readonly<C>;
  /** Which of them change from step to step. */
  readonly changing: readonly (keyof C & string)[];
  readonly lazy: boolean;
  loop(x: Elements<K>, c: Readonly<C>, from: number, to: number): void;
}

/** A formula that is ready to run over the vectors of one state; it allocates nothing. */
export interface Work<C extends object> {
  /** Set what changes before a step. */
  readonly scalars: C;
  /** Writes the step; with lazy, zeros where no row was touched. */
  step(gradient: Vector, weights: Vector): Vector;
  /** w ← w − step; false, and the weights are as they were, when one of them would not be finite. */
  descend(gradient: Vector, weights: Vector): boolean;
}

/** Prepares a formula for the vectors of a state: `step`, and one by each name in `memory`. */
const work = <K extends string, C extends object>(
  { formula, memory, scalars: start, changing, lazy, loop }: Formula<K, C>,
  vectors: { readonly step: Vector } & Readonly<Record<K, Vector>>,
): Work<C> => {
  const scalars = { ...start };
  const read = scalars as Record<string, number>;
  const names = Object.keys(start);
  const numbers = Float64Array.from(names, (name) => read[name]!);
  const η = names.indexOf("η"); // the one that most rules have, and often the only one that changes
  const others = changing.filter((name) => name !== "η");
  const places = others.map((name) => names.indexOf(name));
  const { step } = vectors;
  const { kernels } = step;
  const kernel: RuleKernel | undefined = formula ? kernels?.rule(formula, memory, names) : undefined;
  const kept = memory.map((key) => vectors[key].store ?? vectors[key]);
  const x = {} as Record<string, Data>;
  const mine = (v: Vector): boolean => v.kernels === kernels && v.store !== undefined;
  const stores = { g: step as Matrix, w: step as Matrix, step: step.store ?? step };
  let whole = true;

  const byKernel = (from: number, to: number): void =>
    kernel!.step(stores.g, stores.w, stores.step, kept, numbers, from, to);
  const descending = (from: number, to: number): void => {
    if (!kernel!.descend(stores.g, stores.w, stores.step, kept, numbers, from, to)) whole = false;
  };
  const back = (from: number, to: number): void =>
    stores.w.data.set(stores.step.data.subarray(from, to), from);
  const byLoop = (from: number, to: number): void => loop(x as Elements<K>, scalars, from, to);
  const reach = (gradient: Vector, weights: Vector): boolean => {
    if (!(kernel && mine(gradient) && mine(weights))) return false;
    stores.g = gradient.store!;
    stores.w = weights.store!;
    if (η >= 0) numbers[η] = read.η!;
    for (let i = 0; i < places.length; i++) numbers[places[i]!] = read[others[i]!]!;
    return true;
  };
  const write = (gradient: Vector, weights: Vector): Vector => {
    if (lazy) step.data.fill(0);
    if (reach(gradient, weights)) eachRange(gradient, lazy, byKernel);
    else {
      x.g = gradient.data;
      x.w = weights.data;
      x.step = step.data;
      for (const key of memory) x[key] = vectors[key].data;
      eachRange(gradient, lazy, byLoop);
    }
    return step;
  };
  return {
    scalars,
    step: write,
    descend: (gradient, weights) => {
      if (!reach(gradient, weights)) return takeOff(weights, write(gradient, weights));
      if (!lazy) {
        const { cols } = gradient;
        if (kernel!.descend(stores.g, stores.w, stores.step, kept, numbers, 0, cols)) return true;
        back(0, cols);
        return false;
      }
      whole = true;
      eachRange(gradient, true, descending);
      if (!whole) eachRange(gradient, true, back);
      return whole;
    },
  };
};

/** Prepares a formula once for each state: what follows from a state is no part of it. */
export const keptByState = <K extends string, C extends object>(
  formula: Formula<K, C>,
): ((state: { readonly step: Vector } & Readonly<Record<K, Vector>>) => Work<C>) => {
  const works = new WeakMap<object, Work<C>>();
  let last: { readonly state: object; readonly work: Work<C> } | undefined; // a rule mostly has one, and a map costs 20 ns
  return (state) => {
    if (last?.state === state) return last.work;
    let found = works.get(state);
    if (!found) {
      found = work(formula, state);
      works.set(state, found);
    }
    last = { state, work: found };
    return found;
  };
};
