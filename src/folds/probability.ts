import { invalid } from "../math/invalid.ts";

/** Sums of float32 outputs may leave [0, 1] by rounding. */
const slack = 1e-5;

/** The number, brought into [0, 1] if rounding alone took it out. @throws InvalidInputError when it is no probability. */
export const probability = (actor: string, p: number, row: number): number => {
  if (p >= -slack && p <= 1 + slack) return Math.min(Math.max(p, 0), 1);
  throw invalid(
    actor,
    "probabilities from 0 to 1 (end the network in a sigmoid or softmax)",
    `${p} in row ${row}`,
  );
};
