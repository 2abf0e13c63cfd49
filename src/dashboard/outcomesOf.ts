import type { Scored } from "../folds/scored.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Outcomes } from "./pageMessage.ts";

/** Rows of one step that are shown. */
const most = 64;

/** What was predicted against what came true, of the first rows: classes by their index, numbers by the first column. */
export const outcomesOf = (scored: unknown): Outcomes | undefined => {
  if (typeof scored !== "object" || scored === null) return undefined;
  const { prediction, target } = scored as Partial<Scored>;
  if (!isMatrix(prediction) || !isMatrix(target) || prediction.cols === 0 || target.cols === 0)
    return undefined;
  const rows = Math.min(most, prediction.rows, target.rows);
  if (rows === 0) return undefined;
  const indexed = target.cols === 1 && prediction.cols > 1;
  const classes = indexed || (target.cols > 1 && isOneHot(target)) ? prediction.cols : undefined;
  const pairs = Array.from({ length: rows }, (_, i) =>
    classes
      ? ([indexed ? target.data[i]! : argmaxOf(target, i), argmaxOf(prediction, i)] as const)
      : ([target.data[i * target.cols]!, prediction.data[i * prediction.cols]!] as const),
  );
  const whole = pairs.filter((pair) => pair.every(Number.isFinite));
  return classes ? { classes, pairs: whole } : { pairs: whole };
};

/** Whether something is a matrix that can be read. */
const isMatrix = (value: unknown): value is Matrix =>
  typeof value === "object" &&
  value !== null &&
  "rows" in value &&
  "cols" in value &&
  "data" in value &&
  ArrayBuffer.isView(value.data);

/** The column of the largest number in a row. */
const argmaxOf = ({ cols, data }: Matrix, row: number): number => {
  let best = 0;
  for (let j = 1; j < cols; j++) if (data[row * cols + j]! > data[row * cols + best]!) best = j;
  return best;
};

/** Whether every row is a 1 among zeros. */
const isOneHot = ({ rows, cols, data }: Matrix): boolean => {
  for (let i = 0; i < rows; i++) {
    let ones = 0;
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j]!;
      if (x === 1) ones++;
      else if (x !== 0) return false;
    }
    if (ones !== 1) return false;
  }
  return true;
};
