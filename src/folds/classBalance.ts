import { classOf } from "../math/classOf.ts";
import { finite, invalid, knownOptions } from "../math/invalid.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";
import { power } from "../math/power.ts";
import { type ClassCounts, countClass, fadeCounts, noCounts } from "./classCounts.ts";
import type { FadableFold } from "./fadable.ts";
import { alphaOf, type Forgetting } from "./forgetting.ts";
import type { MergeableFold } from "./mergeable.ts";

export interface ClassBalanceOptions {
  /** How fast rows fade, by rows, so that the weights follow shares that change; every row counts alike without it. */
  readonly forgetting?: Forgetting;
  /** The greatest weight, for classes so rare that one row would throw the model over; none unless told. */
  readonly max?: number;
}

/** How the classes stand, by index, as far as they were seen. */
export interface ClassBalance {
  /** Rows seen. */
  readonly count: number;
  /** Rows of each class, with fading memory what is left of them. */
  readonly counts: Readonly<Record<number, number>>;
  /** What each row of a class would have to weigh for all classes to weigh the same; `classWeight` of `train` takes them. */
  readonly weights: Readonly<Record<number, number>>;
}

const actor = "classBalance()";

/**
 * Class weights learned from a stream: n / (k·n_c) for n rows, n_c of them of class c, and k classes seen, at most `max`
 * ("balanced" in scikit-learn; King & Zeng, 2001). Items are targets: class indices (−1 is class 0), or matrices of them
 * (n × 1) or of one-hot rows (n × k). A class of which fading has left less than one row counts as one row.
 * @throws InvalidInputError for options out of range, and items that are no classes.
 * @example fold(over(({ y }: Batch) => y, classBalance({ forgetting: { halfLife: 10_000 } })))
 */
export const classBalance = (
  options: ClassBalanceOptions = {},
): MergeableFold<number | Matrix, ClassBalance, ClassCounts> &
  FadableFold<number | Matrix, ClassBalance, ClassCounts> => {
  const { keep, max } = checked(actor, options);
  return {
    init: noCounts,
    step: (state, item) => {
      const { rows, cols, data } = typeof item === "number" ? { rows: 1, cols: 1, data: [item] } : item;
      const classes = Array.from({ length: rows }, (_, i) => classOf(actor, data, cols, i * cols, i));
      for (const c of classes) countClass(state, c, keep);
      return state;
    },
    read: (state) => ({
      count: state.rows,
      counts: { ...state.counts },
      weights: Object.fromEntries(
        Object.keys(state.counts).map((c) => [c, balancedWeight(state, Number(c), max)]),
      ),
    }),
    merge: (a, b) => {
      const merged = structuredClone(a);
      fadeCounts(merged, power(keep, b.rows));
      for (const c in b.counts) merged.counts[c] = (merged.counts[c] ?? 0) + b.counts[c]!;
      merged.rows += b.rows;
      merged.total += b.total;
      return merged;
    },
    fade: (state, alpha) => {
      fadeCounts(state, alpha);
      return state;
    },
  };
};

/** What weighs rows, see {@link balancer}. */
export interface Balancer {
  init(): ClassCounts;
  weigh(state: ClassCounts, y: Matrix, weight?: Matrix): Matrix;
}

/** Weights for rows as they come: each by the counts of the rows before it, and then counted itself. */
export const balancer = (actor: string, options: ClassBalanceOptions): Balancer => {
  const { keep, max } = checked(actor, options);
  return {
    init: noCounts,
    /**
     * The weights of a batch's rows (n × 1), times those that there are. Targets that are not finite weigh 1 and are not
     * counted: whoever learns decides about them. @throws InvalidInputError, and nothing was counted.
     */
    weigh: (state: ClassCounts, { rows, cols, data }: Matrix, weight?: Matrix): Matrix => {
      if (weight && (weight.rows !== rows || weight.cols !== 1))
        throw invalid(actor, `${rows} × 1 weights`, shapeOf(weight));
      const classes = Array.from({ length: rows }, (_, i) =>
        data.subarray(i * cols, (i + 1) * cols).every(Number.isFinite)
          ? classOf(actor, data, cols, i * cols, i)
          : undefined,
      );
      const weights = zeros(rows, 1);
      classes.forEach((c, i) => {
        weights.data[i] =
          (c === undefined ? 1 : balancedWeight(state, c, max)) * (weight ? weight.data[i]! : 1);
        if (c !== undefined) countClass(state, c, keep);
      });
      return weights;
    },
  };
};

/** n / (k·n_c), where a class that was not seen is one of the k. */
const balancedWeight = ({ total, counts }: ClassCounts, c: number, max: number): number => {
  const k = Object.keys(counts).length + (c in counts ? 0 : 1);
  return Math.min(max, Math.max(total, 1) / (k * Math.max(counts[c] ?? 0, 1)));
};

const checked = (actor: string, options: ClassBalanceOptions): { keep: number; max: number } => {
  knownOptions(actor, options, ["forgetting", "max"]);
  const { forgetting, max = Number.POSITIVE_INFINITY } = options;
  if (max !== Number.POSITIVE_INFINITY) finite(actor, "max", max, { min: Number.MIN_VALUE });
  return { keep: forgetting === undefined ? 1 : 1 - alphaOf(actor, forgetting), max };
};
