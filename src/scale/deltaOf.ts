import type { Data } from "../math/matrix.ts";
import { decoded } from "./compression.ts";
import type { DeltaMessage } from "./message.ts";
import type { Delta } from "./roundsState.ts";

/** What a message says of a worker's change; undefined when it does not fit the weights, or is not finite. */
export const deltaOf = (
  { coded, samples, steps, loss, buffers, positions, ended, statistics, times }: DeltaMessage,
  weights: Data,
  running: Data,
): Delta | undefined => {
  if (buffers.length !== running.length || !allFinite(buffers)) return undefined;
  const kind = coded.kind === "weights" ? "weights" : "change";
  if (coded.kind === "weights" && coded.values.constructor !== weights.constructor) return undefined;
  try {
    const values = decoded("delta", coded, weights.length);
    if (!allFinite(values)) return undefined;
    return { kind, values, samples, steps, loss, buffers, positions, ended, statistics, times };
  } catch {
    return undefined;
  }
};

const allFinite = (values: Data): boolean => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
};
