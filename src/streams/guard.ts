import { type DivergenceOptions, divergence } from "../folds/divergence.ts";
import type { Guard, GuardAction, Refusal } from "../graph/guarding.ts";
import { takePart } from "../graph/parts.ts";
import { putBack, snapshot } from "../graph/snapshot.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { slowed } from "../optimizers/slowed.ts";

/** What follows when a step is refused. */
export type GuardPolicy = "skip" | "rollBack" | "lowerRate" | "stop";

export interface GuardOptions extends DivergenceOptions {
  /**
   * "skip", the default, leaves the batch out. "rollBack" also puts the weights back to the last version that was good, and
   * begins the optimizer's state anew. "lowerRate" does that and makes all steps from now on smaller. "stop" ends the stream
   * with an error.
   */
  readonly policy?: GuardPolicy;
  /** After how many steps the weights are kept; they count as good once as many have followed and none was refused. */
  readonly every?: number;
  /** What "lowerRate" multiplies the steps by, each time, and what it never goes below. */
  readonly rate?: number;
  readonly minRate?: number;
}

/**
 * Watches the loss of each batch, and refuses the step before the weights change when the loss is not finite or explodes:
 * see `divergence`, whose options it takes. So it does when a gradient or a weight would not be finite. A refused batch gives
 * no step, is told of on `model.rejected$` with the `action`, and changes neither weights nor metrics; the steps carry how the
 * training stands, as `guard`. Where learning is by plain calls, they throw the error, with its `action`.
 * @throws InvalidInputError on options that are out of their range.
 * @example train(net, { loss, optimizer, guard: guard({ policy: "rollBack" }) })
 */
export const guard = (options: GuardOptions = {}): Guard => {
  const { policy = "skip", every = 100, rate: lower = 0.5, minRate = 1e-3, ...limits } = options;
  if (!Object.hasOwn(actions, policy))
    throw invalid(actor, `${Object.keys(actions).join(", ")} as policy`, inWords(policy));
  whole(actor, "every", every);
  finite(actor, "rate", lower, { min: 0, max: 1 });
  finite(actor, "minRate", minRate, { min: 0, max: 1 });
  knownOptions(actor, options, known);
  const losses = divergence(limits);
  const goesBack = policy === "rollBack" || policy === "lowerRate";
  return {
    watch: (weights, rule) => {
      let state = losses.init();
      let rate = 1;
      let rollBacks = 0;
      let looked = false; // whether the fold has refused the loss itself
      let highest = Number.NEGATIVE_INFINITY; // loss of the warm-up
      const keep = () => ({
        weights: goesBack ? snapshot(weights) : undefined,
        state: structuredClone(state),
      });
      /** A version from the warm-up has no limit to go back to: it gets that of the losses that such weights have had. */
      const levelled = (kept: ReturnType<typeof keep>): ReturnType<typeof keep> => {
        if (losses.read(kept.state).limit < Number.POSITIVE_INFINITY) return kept;
        let level = losses.init();
        for (let i = 0; i < state.spread.count; i++) level = losses.step(level, highest);
        return { ...kept, state: level };
      };
      let good = keep();
      let candidate = good;
      let since = 0;
      const goBack = (restart: () => void): void => {
        const { refused, inARow } = state;
        if (good.weights) putBack(weights, good.weights);
        state = { ...structuredClone(good.state), refused, inARow };
        candidate = good;
        since = 0;
        rollBacks++;
        restart();
      };
      /** After so many refusals the versions from before, and their limits, are of another world. */
      const beginAnew = (): void => {
        highest = Number.NEGATIVE_INFINITY;
        good = candidate = keep();
        since = 0;
      };
      const own = () => ({ state, rate, rollBacks, since, highest, good, candidate });
      const leave = takePart(weights.parts, {
        source: `guard of ${rule.source}: ${policy}`,
        get: own,
        set: (saved) => {
          ({ state, rate, rollBacks, since, highest, good, candidate } = saved as ReturnType<typeof own>);
        },
      });
      return {
        close: leave,
        rule: policy === "lowerRate" ? slowed(rule, () => rate) : rule,
        look: (loss) => {
          const { limit } = losses.read(state);
          state = losses.step(state, loss);
          looked = state.diverged;
          if (looked) throw invalid(actor, "a loss within its limit", `${loss}, and the limit is ${limit}`);
          if (goesBack && loss > limit) beginAnew(); // it was taken, though
          if (limit === Number.POSITIVE_INFINITY || loss > limit) highest = Math.max(highest, loss);
        },
        made: () => {
          if (goesBack && ++since % every === 0) {
            good = candidate;
            candidate = keep();
          }
          const { refused, limit } = losses.read(state);
          if (goesBack && limit < Number.POSITIVE_INFINITY)
            [good, candidate] = [levelled(good), levelled(candidate)];
          return { refused, rollBacks, rate, limit };
        },
        refuse: (error, restart) => {
          if (!looked) state = losses.step(state, Number.NaN); // a loss, a gradient or a weight was not finite
          looked = false;
          if (goesBack) goBack(restart);
          if (policy === "lowerRate") rate = Math.max(minRate, rate * lower);
          return Object.assign(error, { action: actions[policy] }) satisfies Refusal;
        },
      };
    },
  };
};

const actor = "guard()";

const actions: Readonly<Record<GuardPolicy, GuardAction>> = {
  skip: "skipped",
  rollBack: "rolledBack",
  lowerRate: "rateLowered",
  stop: "stopped",
};

const known: readonly (keyof GuardOptions)[] = [
  "policy",
  "every",
  "rate",
  "minRate",
  "factor",
  "forgetting",
  "warmup",
  "patience",
  "floor",
];
