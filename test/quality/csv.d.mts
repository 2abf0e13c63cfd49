import type { MeasuredStream } from "./measure.mjs";

export function csvStream(
  path: string,
  options: { readonly target: string; readonly task?: "classification" | "regression" },
): MeasuredStream;
