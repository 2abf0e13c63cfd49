import type { Matrix } from "../math/matrix.ts";
import { probability } from "./probability.ts";

/** How little a class fits the probabilities of a row. */
export type ClassScore = "lac" | "aps";

/**
 * The nonconformity score of each class of row i; one column is the probability of class 1 of two. "lac" is 1 − p (Sadinle,
 * Lei & Wasserman, 2019); "aps" the sum of p from the likeliest class down to this one (Romano, Sesia & Candès, 2020), without
 * their random tie-breaking.
 * @throws InvalidInputError when a prediction is no probability.
 */
export const classScores = (
  actor: string,
  score: ClassScore,
  { cols, data }: Matrix,
  i: number,
): readonly number[] => {
  const given = Array.from({ length: cols }, (_, k) => probability(actor, data[i * cols + k]!, i));
  const p = cols === 1 ? [1 - given[0]!, given[0]!] : given;
  if (score === "lac") return p.map((v) => 1 - v);
  const scores = p.map(() => 0);
  let sum = 0;
  for (const k of p.map((_, k) => k).sort((a, b) => p[b]! - p[a]! || a - b)) {
    sum += p[k]!;
    scores[k] = sum;
  }
  return scores;
};
