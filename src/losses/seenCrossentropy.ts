import { invalid } from "../math/invalid.ts";
import { defineLoss, type Loss, sameWidth } from "./loss.ts";

const source = "seenCrossentropy()";

/**
 * The crossentropy of logits over those classes alone that there are: targets of n × k with 1 for the true class, 0 for the
 * others, and −1 for classes not yet seen, which get no probability and no gradient. A class that appears therefore finds
 * its logit as it was, and those of the others do not move.
 */
export const seenCrossentropy = (): Loss =>
  defineLoss({
    source,
    fits: sameWidth(source),
    check: ({ cols, data }) => {
      for (let i = 0; i < data.length; i += cols) {
        const row = data.subarray(i, i + cols);
        if (!row.every((t) => t === 1 || t === 0 || t === -1) || row.filter((t) => t === 1).length !== 1)
          throw invalid(source, "one 1 a row, and otherwise 0 and −1", `${row.join(", ")}`);
      }
    },
    row: ({ cols, data: z }, { data: t }, i, { data: dz }) => {
      const from = i * cols;
      const p = seenSoftmax(z.subarray(from, from + cols), (j) => t[from + j]! >= 0);
      let value = 0;
      for (let j = 0; j < cols; j++) {
        const truth = t[from + j]!;
        if (truth === 1) value = -Math.log(Math.max(p[j]!, Number.MIN_VALUE));
        dz[from + j] = truth < 0 ? 0 : p[j]! - truth;
      }
      return value;
    },
  });

/** The softmax of the logits of those classes that are seen, 0 of the others; with `doubt`, so much of it is dealt out evenly. */
export const seenSoftmax = (z: ArrayLike<number>, seen: (j: number) => boolean, doubt = 0): Float64Array => {
  const p = new Float64Array(z.length);
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < p.length; j++) if (seen(j)) max = Math.max(max, z[j]!);
  let [sum, count] = [0, 0];
  for (let j = 0; j < p.length; j++) {
    if (!seen(j)) continue;
    p[j] = Math.exp(z[j]! - max);
    sum += p[j]!;
    count++;
  }
  for (let j = 0; j < p.length; j++) if (seen(j)) p[j] = ((1 - doubt) * p[j]!) / sum + doubt / count;
  return p;
};
