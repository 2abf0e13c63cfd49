import type { Decimated } from "../decimated.ts";

/** A line with its name. */
export type Column = readonly [name: string, line: Decimated];

/** The means of lines as comma-separated values, a bucket a row, after its time and its step. */
export const csv = (time: Decimated, step: Decimated, columns: readonly Column[]): string => {
  const header = ["time", "step", ...columns.map(([name]) => name)].map(quoted);
  const rows = time.mean.map((at, i) => [
    at === null ? "" : new Date(at).toISOString(),
    step.max[i] ?? "",
    ...columns.map(([, line]) => line.mean[i] ?? ""),
  ]);
  return [header, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
};

/** As RFC 4180 has it; a name that a spreadsheet would compute is kept from it. */
const quoted = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
