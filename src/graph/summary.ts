import { describe } from "./describe.ts";
import type { Model } from "./model.ts";

/** The layers of a model in a table: what each is, the shape of what it gives, and how many numbers it learns. */
export const summary = (model: Model): string => {
  const { nodes } = describe(model);
  const lines = nodes
    .slice(1, -1) // without the input and the output
    .map(({ id, label, outputs, parameters }) => [id, label, `n × ${outputs ?? "?"}`, String(parameters)]);
  const total = model.weights.values.data.length;
  const rows = [["layer", "is", "gives", "parameters"], ...lines, ["", "", "", String(total)]];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 3 ? cell.padStart(width(i)) : cell.padEnd(width(i))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
