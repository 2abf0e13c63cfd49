/**
 * A value as a log line can hold it: numbers that are not finite, and bigints, as strings; of lists that are long, and of matrices, how
 * long they are; nothing deeper than a few levels, so a line stays a line.
 */
export const loggable = (value: unknown, depth = 0): unknown => {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value) && value.length > longest) return `${value.length} items`;
  if (depth === deepest) return "…";
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1));
  const line: Record<string, unknown> = {};
  for (const key in value) line[key] = loggable((value as Record<string, unknown>)[key], depth + 1);
  return line;
};

const longest = 32;
const deepest = 4;
