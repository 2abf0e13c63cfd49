/** What the fields of a column are read as. */
export type ColumnType = "number" | "boolean" | "date" | "category" | "text";

/** A field as a value; undefined is one that is missing. */
export type FieldValue = number | boolean | Date | string | undefined;

/** What no value of the column's type is written as. */
export const unreadable: unique symbol = Symbol("unreadable");

const absent: ReadonlySet<string> = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);
const numeral = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const day = /^\d{4}([-/])\d{2}\1\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2})?)?$/;
const truths: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ true: true, false: false, yes: true, no: false, t: true, f: false, y: true, n: false }),
);

/** Whether a field says that there is nothing: it is empty, or NA, NaN, null, none or ?. */
export const isAbsent = (text: string): boolean => absent.has(text.trim().toLowerCase());

/**
 * The value of a field in a column of this type; undefined where none is given. Dates are ISO 8601, in UTC unless they say otherwise.
 * An empty text is one, and an empty category none.
 */
export const readField = (type: ColumnType, text: string): FieldValue | typeof unreadable => {
  if (type === "text") return text;
  if (isAbsent(text)) return undefined;
  const field = text.trim();
  if (type === "category") return field;
  if (type === "boolean") return truths.get(field.toLowerCase()) ?? zeroOrOne(field);
  if (type === "number") {
    const number = numeral.test(field) ? Number(field) : Number.NaN;
    return Number.isFinite(number) ? number : unreadable;
  }
  if (!day.test(field)) return unreadable;
  const iso = field.replaceAll("/", "-").replace(" ", "T");
  if (!isDay(iso)) return unreadable;
  const date = new Date(iso.length > 10 && !/(?:Z|[-+]\d{2}:?\d{2})$/.test(iso.slice(10)) ? `${iso}Z` : iso);
  return Number.isNaN(date.getTime()) ? unreadable : date;
};

/** Whether the month has such a day: 30 February would be taken for the first of March. */
const isDay = (iso: string): boolean => {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number) as [number, number, number];
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
};

const zeroOrOne = (field: string): boolean | typeof unreadable =>
  field === "1" ? true : field === "0" ? false : unreadable;
