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
        let [ones, others] = [0, 0];
        for (let j = i; j < i + cols; j++) {
          if (data[j] === 1) ones++;
          else if (data[j] !== 0 && data[j] !== -1) others++;
        }
        if (ones !== 1 || others > 0)
          throw invalid(source, "one 1 a row, and otherwise 0 and −1", data.slice(i, i + cols).join(", "));
      }
    },
    row: ({ cols, data: z }, { data: t }, i, { data: dz }) => {
      const from = i * cols;
      let max = Number.NEGATIVE_INFINITY;
      for (let j = from; j < from + cols; j++) if (t[j]! >= 0) max = Math.max(max, z[j]!);
      let sum = 0;
      for (let j = from; j < from + cols; j++) if (t[j]! >= 0) sum += Math.exp(z[j]! - max);
      let value = 0;
      for (let j = from; j < from + cols; j++) {
        if (t[j] === 1) value = Math.log(sum) + max - z[j]!;
        dz[j] = t[j]! < 0 ? 0 : Math.exp(z[j]! - max) / sum - t[j]!;
      }
      return value;
    },
  });

/** The softmax of the first `seen` logits, 0 of the others; so much of it as `doubt` is dealt out evenly. */
export const seenSoftmax = (z: ArrayLike<number>, seen: number, doubt = 0.001): Float64Array => {
  const p = new Float64Array(z.length);
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < seen; j++) max = Math.max(max, z[j]!);
  let sum = 0;
  for (let j = 0; j < seen; j++) sum += p[j] = Math.exp(z[j]! - max);
  for (let j = 0; j < seen; j++) p[j] = ((1 - doubt) * p[j]!) / sum + doubt / seen;
  return p;
};
