import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { calendar, category, features, numeric } from "rxgrad";

const isNumber = (text) => text !== "" && Number.isFinite(Number(text));
const isDate = (text) => /^\d{4}[-/]\d\d?[-/]\d\d?/.test(text) && !Number.isNaN(Date.parse(text));

/** How a column is read, by what stands in it: a field, and the value of a cell. */
const readingOf = (cells) => {
  const there = cells.filter((cell) => cell !== "");
  if (there.every(isNumber))
    return { field: numeric({ missing: "mean" }), read: (cell) => (cell === "" ? Number.NaN : Number(cell)) };
  if (there.every(isDate)) return { field: calendar(), read: (cell) => new Date(cell) };
  return { field: category({ capacity: 50 }), read: (cell) => (cell === "" ? undefined : cell) };
};

/** The text of a file, unpacked if it ends in .gz. */
export const textOf = (path) =>
  (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString("utf8");

/** The rows of a CSV file with a line of names, in their order, as records of texts. */
export const rowsOf = (text) => parse(text, { columns: true, skip_empty_lines: true, trim: true, bom: true });

/**
 * A stream of the rows of a CSV file: numbers, dates and categories are told apart by what stands in them. A target that is no number,
 * or takes few whole values, is a class, unless `task` says otherwise.
 */
export const csvStream = (path, { target, task } = {}) => {
  const rows = rowsOf(textOf(path));
  const names = Object.keys(rows[0] ?? {});
  if (!names.includes(target))
    throw new Error(`--target expects a column of ${path} (${names.join(", ")}), got ${target}`);
  const cells = rows.map((row) => row[target]);
  const values = new Set(cells);
  const isClass =
    values.size <= 20 && cells.every((cell) => !isNumber(cell) || Number.isInteger(Number(cell)));
  const kind = task ?? (!cells.every(isNumber) || isClass ? "classification" : "regression");
  const readings = names
    .filter((name) => name !== target)
    .map((name) => [name, readingOf(rows.slice(0, 1000).map((row) => row[name]))]);
  return {
    name: basename(path).replace(/\.csv(\.gz)?$/, ""),
    task: kind,
    ...(kind === "classification" ? { capacity: Math.max(2, values.size) } : {}),
    load: ({ limit = rows.length }) => ({
      schema: features()(Object.fromEntries(readings.map(([name, { field }]) => [name, field]))),
      items: rows.slice(0, limit).map((row) => ({
        event: Object.fromEntries(readings.map(([name, { read }]) => [name, read(row[name])])),
        truth: kind === "classification" ? row[target] : Number(row[target]),
      })),
    }),
  };
};
