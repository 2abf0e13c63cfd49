import type { Label } from "../features/classes.ts";
import { cellOf, textOfCell } from "./cellValue.ts";
import { type Answer, saidOf } from "./learnerOf.ts";
import type { Cells } from "./readEvent.ts";

/** How predictions are written down. */
export interface PredictionLines {
  readonly head: string;
  row(answer: Answer, cells: Cells): string;
}

/** Predictions as lines: of CSV, or of JSON. */
export const predictionLines = (
  format: "csv" | "ndjson",
  keep: readonly string[],
  labels: readonly Label[],
  probabilities: boolean,
): PredictionLines => {
  if (format === "ndjson")
    return {
      head: "",
      row: (answer, cells) => {
        const { probabilities: all, ...said } = saidOf(answer);
        const kept = keep.map((name) => [name, cellOf(cells, name) ?? null] as const);
        const whole = {
          ...Object.fromEntries(kept),
          ...said,
          ...(probabilities && all ? { probabilities: all } : {}),
        };
        return `${JSON.stringify(whole, (_, value) => (typeof value === "bigint" ? Number(value) : value))}\n`;
      },
    };
  const many = labels.length > 0;
  const named = probabilities ? labels.map((label) => `p(${label})`) : [];
  const head = [...keep, "prediction", ...(many ? ["probability"] : []), ...named];
  return {
    head: lineOf(head),
    row: (answer, cells) => {
      const kept = keep.map((name) => textOfCell(cellOf(cells, name)));
      if ("value" in answer) return lineOf([...kept, String(answer.value)]);
      const of = (label: Label | undefined): string =>
        label === undefined ? "" : String(answer.probabilities.get(label) ?? "");
      const each = probabilities ? labels.map(of) : [];
      return lineOf([...kept, String(answer.label ?? ""), of(answer.label), ...each]);
    },
  };
};

const lineOf = (fields: readonly string[]): string =>
  `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",")}\n`;
