import { finite, knownOptions, whole } from "../math/invalid.ts";
import type { Vector } from "../math/vector.ts";
import { call } from "./call.ts";
import { checkRule } from "./checkRule.ts";
import { descend, inOneGo } from "./descend.ts";
import type { Rule } from "./rule.ts";
import { withSegments } from "./withSegments.ts";
import { keptByState } from "./work.ts";

/** Something that says when to consolidate, by emitting anything; the pure folders do not know RxJS. */
export interface ConsolidationSource {
  subscribe(observer: { next: () => void; error: (error: unknown) => void }): { unsubscribe(): void };
}

export interface EwcOptions {
  /** λ: how much weights are held to where they were. */
  readonly lambda: number;
  /** γ: what is left of the older Fisher information at a consolidation; 1 keeps all of it. */
  readonly decay?: number;
  /** When a concept ends: after so many updates each time, or whenever an Observable emits. */
  readonly consolidate: number | ConsolidationSource;
}

export interface EwcState {
  readonly inner: unknown;
  /** θ*, the weights at the last consolidation. */
  readonly anchor: Vector;
  /** F, the diagonal of the Fisher information. */
  readonly fisher: Vector;
  /** Σ g² since the last consolidation, and of how many batches. */
  readonly squares: Vector;
  /** The gradient with the penalty's. */
  readonly step: Vector;
  count: number;
  /** Whether the weights are to be consolidated before the next update. */
  due: boolean;
  /** What the Observable failed with. */
  failure: { readonly error: unknown } | undefined;
}

/**
 * Elastic weight consolidation before another rule: adds λ·Fᵢ·(θᵢ − θ*ᵢ), the gradient of (λ/2) Σ Fᵢ(θᵢ − θ*ᵢ)², to what it
 * is given (Kirkpatrick et al., 2017). When a concept ends, θ* ← θ and F ← γF + the mean of g² since the last time
 * (Schwarz et al., 2018: online EWC); g is the gradient of a batch, so F is that of the batches' mean, and with batches of
 * one row the empirical Fisher information.
 * @throws InvalidInputError for what is no rule, for lambda below 0, and decay outside [0, 1].
 * @example ewc(adam(1e-3), { lambda: 100, consolidate: conceptEnds$ })
 */
export const ewc = (rule: Rule, options: EwcOptions): Rule => {
  checkRule("ewc()", rule);
  knownOptions("ewc()", options, ["lambda", "decay", "consolidate"]);
  const source = call("ewc", rule, options);
  const { lambda: λ, decay: γ = 1, consolidate } = options;
  finite(source, "lambda", λ, { min: 0 });
  finite(source, "decay", γ, { min: 0, max: 1 });
  if (typeof consolidate !== "object" || consolidate === null) whole(source, "consolidate", consolidate);
  const penalise = keptByState({
    memory: ["anchor", "fisher", "squares"],
    scalars: {},
    changing: [],
    lazy: false,
    loop: ({ g, w, step, anchor, fisher, squares }, _, from, to) => {
      for (let i = from; i < to; i++) {
        squares[i]! += g[i]! * g[i]!;
        step[i] = g[i]! + λ * fisher[i]! * (w[i]! - anchor[i]!);
      }
    },
  });
  const penalised = (gradient: Vector, s: EwcState, weights: Vector): Vector => {
    if (s.failure) throw s.failure.error;
    if (s.due || s.count === consolidate) anchorAt(weights, s, γ);
    s.count++;
    return withSegments(penalise(s).step(gradient, weights), gradient.segments);
  };
  return {
    source,
    init: (w) => ({
      inner: rule.init(w),
      anchor: w.zeros(),
      fisher: w.zeros(),
      squares: w.zeros(),
      step: w.zeros(),
      count: 0,
      due: false,
      failure: undefined,
    }),
    observe: (s, loss) => rule.observe?.(s.inner, loss),
    follow: (s) => {
      const ends = typeof consolidate === "object" ? heed(consolidate, s) : undefined;
      const followed = rule.follow?.(s.inner);
      return {
        unsubscribe: () => {
          ends?.unsubscribe();
          followed?.unsubscribe();
        },
      };
    },
    update: inOneGo<EwcState>(
      (gradient, s, weights) => rule.update(penalised(gradient, s, weights), s.inner, weights),
      (gradient, s, weights) => descend(rule, penalised(gradient, s, weights), s.inner, weights),
    ),
  } satisfies Rule<EwcState>;
};

const anchorAt = (weights: Vector, s: EwcState, γ: number): void => {
  const [θ, F, sum] = [s.anchor.data, s.fisher.data, s.squares.data];
  θ.set(weights.data);
  for (let i = 0; s.count > 0 && i < F.length; i++) F[i] = γ * F[i]! + sum[i]! / s.count;
  sum.fill(0);
  s.count = 0;
  s.due = false;
};

const heed = (ends$: ConsolidationSource, s: EwcState): { unsubscribe(): void } =>
  ends$.subscribe({
    next: () => {
      s.due = true;
    },
    error: (error) => {
      s.failure = { error };
    },
  });
