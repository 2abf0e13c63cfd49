import { actualClass, sameClasses } from "./classes.ts";
import type { Scored } from "./scored.ts";

/** What came true in row i, in the form of a prediction: a class index becomes a one-hot row. */
export const targetRow = (actor: string, scored: Scored, i: number): number[] => {
  if (i === 0) sameClasses(actor, scored);
  const { prediction, target } = scored;
  const { cols } = prediction;
  if (target.cols === cols) return Array.from(target.data.subarray(i * cols, (i + 1) * cols));
  const k = actualClass(actor, scored, i);
  return Array.from({ length: cols }, (_, j) => (j === k ? 1 : 0));
};
