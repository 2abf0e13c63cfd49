import type { Reading } from "./pageMessage.ts";

/** What `series` may answer: a chart with one line, or one with several by name. */
export type Series = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** No more numbers than these are shown of a step. */
const most = 64;
/** What counts batches, or is data. */
const unseen = ["run", "id", "size", "item", "at", "time"];
/** What only holds other things. */
const holders = ["metrics", "learned"];

/**
 * The numbers in a step, as charts: `{ loss: 1, metrics: { accuracy: { model: .9, prior: .5 } } }` has a chart of the loss and
 * one of the accuracy, with a line for the model and one for the baseline. What a detector reads has its estimate alone.
 */
export const readingsOf = (step: unknown): readonly Reading[] => {
  const readings: Reading[] = [];
  if (isRecord(step)) gather(readings, [], step);
  return readings.slice(0, most);
};

/** Charts that somebody named. */
export const readingsOfSeries = (series: Series): readonly Reading[] =>
  Object.entries(series)
    .flatMap(([chart, value]): Reading[] =>
      typeof value === "number"
        ? [["metrics", chart, chart, value]]
        : Object.entries(value).map(([line, number]) => ["metrics", chart, line, number]),
    )
    .slice(0, most);

const gather = (readings: Reading[], path: readonly string[], record: Record<string, unknown>): void => {
  if (path.length > 3 || readings.length >= most) return;
  for (const [name, value] of Object.entries(record)) {
    if (unseen.includes(name)) continue;
    const inner = path.length === 0 && holders.includes(name) ? [] : [...path, name];
    const chart = inner.join(" · ");
    if (typeof value === "number") {
      const isLoss = chart === "loss" || chart === "validationLoss";
      const line = chart === "validationLoss" ? "validation" : chart === "loss" ? "training" : chart;
      readings.push(["metrics", isLoss ? "loss" : chart, line, value]);
    } else if (!isRecord(value) || "data" in value) {
      // matrices and texts are not drawn
    } else if (typeof value.estimate === "number" && "drift" in value)
      readings.push(["metrics", chart, "estimate", value.estimate]);
    else if (typeof value.model === "number")
      for (const [line, number] of Object.entries(value)) {
        if (typeof number === "number") readings.push(["metrics", chart, line, number]);
      }
    else gather(readings, inner, value);
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
