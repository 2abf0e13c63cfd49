import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { type Descend, descentOf, keeps } from "../optimizers/descend.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Keeper } from "./keeper.ts";
import { takePart } from "./parts.ts";
import type { Weights } from "./weights.ts";

/** A rule at work on weights. */
export interface Updater extends Keeper {
  /** w ← w − rule(g), once: all of it, or none. @throws InvalidInputError when a gradient or a weight would not be finite. */
  update(loss?: number): void;
  /** Stops following whatever the rule follows, and gives its memory back. */
  close(): void;
}

/** Starts a rule on weights; its state begins anew. */
export const updater = (rule: Rule, weights: Weights): Updater => new Updating(rule, weights);

/** A class for the same reason as those of the nodes, see nodeWork.ts. */
class Updating implements Updater {
  readonly rule: Rule;
  private readonly weights: Weights;
  private readonly values: Vector;
  private readonly gradients: Vector;
  private readonly length: number;
  /** Of a sparse gradient only the touched rows are looked at: the others are zero. */
  private readonly sparse: boolean;
  private readonly looksFirst: boolean;
  private readonly descend: Descend<unknown>;
  private owned: Vector[] = [];
  private state: unknown;
  private following: { unsubscribe(): void } | undefined;
  private readonly leave: () => void;

  constructor(rule: Rule, weights: Weights) {
    this.rule = rule;
    this.weights = weights;
    this.values = weights.values;
    this.gradients = weights.gradients;
    this.length = this.values.cols;
    this.sparse = this.gradients.segments.some(({ touched }) => touched);
    this.looksFirst = keeps(rule);
    this.descend = descentOf(rule);
    this.start();
    try {
      this.leave = takePart(weights.parts, {
        source: rule.source,
        get: () => this.state,
        set: (state) => {
          this.state = state;
        },
      });
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  update(loss?: number): void {
    const { rule, state, values } = this;
    if (values.cols !== this.length) throw this.grown();
    if (this.looksFirst) this.checkGradients();
    if (loss !== undefined) rule.observe?.(state, loss);
    if (!this.descend(this.gradients, state, values)) {
      this.checkGradients();
      throw invalid(rule.source, "weights that stay finite", "a step that would make them overflow");
    }
    this.weights.settle();
  }

  restart(): void {
    this.stop();
    this.start();
  }

  forget(from: number, to: number): void {
    for (const { data } of this.owned) data.fill(0, from, to);
  }

  exchange(other: Keeper): void {
    const that = other as Updating;
    [this.state, that.state] = [that.state, this.state];
    [this.owned, that.owned] = [that.owned, this.owned];
    [this.following, that.following] = [that.following, this.following];
  }

  close(): void {
    this.leave();
    this.stop();
  }

  private stop(): void {
    this.weights.rules.delete(this);
    this.following?.unsubscribe();
    for (const v of this.owned) this.weights.kernels.free(storeOf(v));
    this.owned = [];
  }

  private start(): void {
    const zeros = (): Vector => {
      const v = this.values.zeros();
      this.owned.push(v);
      return v;
    };
    // not Object.create(values): what is a prototype is slow to read
    const own = { ...Object.getOwnPropertyDescriptors(this.values), zeros: { value: zeros } };
    this.state = this.rule.init(Object.create(Object.getPrototypeOf(this.values), own) as Vector);
    this.following = this.rule.follow?.(this.state);
    this.weights.rules.add(this);
  }

  private checkGradients(): void {
    const { gradients, weights } = this;
    let whole = true;
    if (this.sparse)
      eachRange(gradients, true, (from, to) => {
        whole &&= weights.kernels.finiteSquares(storeOf(gradients), from, to);
      });
    else whole = weights.kernels.finiteSquares(storeOf(gradients), 0, this.length);
    if (!whole)
      throw invalid(
        this.rule.source,
        "finite gradients, and finite squares of them",
        largestGradient(weights),
      );
  }

  private grown(): Error {
    return new Error(
      `${this.rule.source} expects the ${this.length} weights that it started with, got ${this.values.cols}: wire the whole graph first`,
    );
  }
}

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
