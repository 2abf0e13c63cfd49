import { whole } from "../math/invalid.ts";
import type { Segment, Vector } from "../math/vector.ts";
import { call } from "./call.ts";
import { checkRule } from "./checkRule.ts";
import { descend, inOneGo } from "./descend.ts";
import type { Rule } from "./rule.ts";
import { withSegments } from "./withSegments.ts";
import { keptByState } from "./work.ts";

export interface AccumulateState {
  readonly inner: unknown;
  readonly sum: Vector;
  /** Their mean, once all are in it. */
  readonly step: Vector;
  /** The step between updates: zeros, which leave every weight bit-identical. */
  readonly still: Vector;
  /** Which rows of each segment the sum has touched. */
  readonly marks: readonly Uint8Array[];
  /** Batches in the sum. */
  count: number;
}

/**
 * Updates once in k batches, with the mean of their gradients; in between the step is zero. Schedules count updates, not
 * batches. Gradients that are left over when the stream ends are not used.
 * @throws InvalidInputError when k is not a whole number of at least 1, or the rule is none.
 */
export const accumulate = (k: number, rule: Rule): Rule => {
  const source = call("accumulate", k, rule);
  whole(source, "k", k);
  checkRule(source, rule);
  const add = keptByState({
    formula: "accumulate",
    memory: ["sum"],
    scalars: { keep: 0, k },
    changing: ["keep"],
    lazy: false,
    loop: ({ g, sum, step }, { keep }, from, to) => {
      for (let i = from; i < to; i++) {
        sum[i] = keep * sum[i]! + g[i]!;
        step[i] = sum[i]! / k;
      }
    },
  });
  /** Adds to the sum; returns the mean once in k batches. */
  const meanOf = (gradient: Vector, s: AccumulateState, weights: Vector): Vector | undefined => {
    if (s.count === k) s.count = 0;
    if (s.count === 0) for (const rows of s.marks) rows.fill(0);
    const adding = add(s);
    adding.scalars.keep = s.count++ === 0 ? 0 : 1;
    const mean = adding.step(gradient, weights);
    gradient.segments.forEach(({ touched }, j) => {
      for (let i = 0; touched && i < touched.count; i++) s.marks[j]![touched.rows[i]!] = 1;
    });
    if (s.count < k) return undefined;
    const segments = gradient.segments.map((segment, j) => withRows(segment, s.marks[j]!));
    return withSegments(mean, segments);
  };
  return {
    source,
    init: (w) => ({
      inner: rule.init(w),
      sum: w.zeros(),
      step: w.zeros(),
      still: w.zeros(),
      marks: w.segments.map(({ rows }) => new Uint8Array(rows)),
      count: 0,
    }),
    observe: (s, loss) => rule.observe?.(s.inner, loss),
    follow: (s) => rule.follow?.(s.inner) ?? { unsubscribe: () => {} },
    update: inOneGo<AccumulateState>(
      (gradient, s, weights) => {
        const mean = meanOf(gradient, s, weights);
        return mean ? rule.update(mean, s.inner, weights) : s.still;
      },
      (gradient, s, weights) => {
        const mean = meanOf(gradient, s, weights);
        return mean ? descend(rule, mean, s.inner, weights) : true;
      },
    ),
  } satisfies Rule<AccumulateState>;
};

/** A sparse segment that says the marked rows were touched; any other as it is. */
const withRows = (segment: Segment, marks: Uint8Array): Segment => {
  if (!segment.touched) return segment;
  const rows = Int32Array.from(marks.keys()).filter((row) => marks[row] === 1);
  return { ...segment, touched: { rows, count: rows.length } };
};
