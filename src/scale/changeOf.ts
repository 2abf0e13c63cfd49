import { type Data, numbers } from "../math/matrix.ts";

/** How far weights have moved. */
export const changeOf = (after: Data, before: Data): Data => {
  const change = numbers(after.length, after instanceof Float32Array ? "float32" : "float64");
  for (let i = 0; i < change.length; i++) change[i] = after[i]! - before[i]!;
  return change;
};
