import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A penguin by the names of the columns; null is what nobody measured. */
export type Penguin = Readonly<Record<string, string | number | null>>;

const path = fileURLToPath(new URL("../../node_modules/vega-datasets/data/penguins.json", import.meta.url));

/** All penguins in an order that is none. */
export const penguins: readonly Penguin[] = (JSON.parse(readFileSync(path, "utf8")) as Penguin[])
  .map((penguin, i) => ({ penguin, order: (i * 7919) % 344 }))
  .sort((a, b) => a.order - b.order)
  .map(({ penguin }) => penguin);

export const names: readonly string[] = Object.keys(penguins[0]!);

interface CsvForm {
  readonly delimiter?: string;
  readonly newline?: string;
  readonly quote?: boolean;
  readonly header?: boolean;
  readonly missing?: string;
}

/** Penguins as CSV, in one of its many forms. */
export const csvOf = (
  rows: readonly Penguin[],
  { delimiter = ",", newline = "\n", quote = false, header = true, missing = "" }: CsvForm = {},
): string => {
  const field = (value: unknown): string => (quote ? `"${String(value)}"` : String(value));
  const lines = rows.map((row) =>
    names.map((name) => (row[name] === null ? missing : field(row[name]))).join(delimiter),
  );
  return [...(header ? [names.map(field).join(delimiter)] : []), ...lines, ""].join(newline);
};
