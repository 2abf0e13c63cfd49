import { invalid } from "./invalid.ts";

/**
 * The class that `cols` numbers from `at` on stand for: the largest of one-hot columns (the first of equals), or in a
 * single column the class index itself, where −1 is class 0 as for hinge; `row` is for the message alone.
 * @throws InvalidInputError for a single number that is no class.
 */
export const classOf = (
  actor: string,
  data: ArrayLike<number>,
  cols: number,
  at: number,
  row: number,
): number => {
  if (cols === 1) {
    const k = data[at] === -1 ? 0 : data[at]!;
    if (Number.isInteger(k) && k >= 0) return k;
    throw invalid(actor, "targets that are classes", `${k} in row ${row}`);
  }
  let best = 0;
  for (let j = 1; j < cols; j++) if (data[at + j]! > data[at + best]!) best = j;
  return best;
};
