import type { Rule } from "../optimizers/rule.ts";

/** A rule at work on weights, and what it keeps for them, such as moments. */
export interface Keeper {
  readonly rule: Rule;
  /** Begins the rule's state anew; the weights stay. */
  restart(): void;
  /** Sets what the rule keeps for the weights start … end − 1 to zero, as it is for weights that are new. */
  forget(start: number, end: number): void;
  /** Takes over the state of the same rule at work on weights that are laid out alike, in the same memory; that one gets this. */
  exchange(other: Keeper): void;
}
