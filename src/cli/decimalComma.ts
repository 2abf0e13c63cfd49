import { readField, unreadable } from "../adapters/columnType.ts";
import { kindOf } from "./cellValue.ts";
import type { RecipeColumn } from "./recipe.ts";

/** A number with a decimal comma, with a point; else the field as it is. */
export const decimalComma = (field: string): string =>
  decimal.test(field) ? field.replace(",", ".") : field;

const decimal = /^\s*[-+]?\d*,\d+(?:e[-+]?\d+)?\s*$/i;

/** Whether words are numbers with decimal commas, and not with commas between thousands alone. */
export const haveDecimalCommas = (words: ReadonlySet<string>): boolean =>
  [...words].every((word) => readField("number", decimalComma(word)) !== unreadable) &&
  [...words].some((word) => decimal.test(word) && !thousands.test(word));

const thousands = /^[-+]?[1-9]\d{0,2},\d{3}$/;

/**
 * How the fields of each column are read where semicolons separate them, as spreadsheets write tables in much of Europe, or where one
 * is told to: in columns of numbers a comma is decimal. Columns are known, or are what the first rows show.
 */
export const commaReaders = (
  names: readonly string[],
  rows: readonly (readonly string[])[],
  known?: readonly RecipeColumn[],
): readonly ((field: string) => string)[] =>
  names.map((column, i) => {
    const found =
      known?.find(({ name }) => name === column)?.kind ??
      kindOf(
        "text",
        rows.map((row) => decimalComma(row[i] ?? "")),
      );
    return found === "number" ? decimalComma : (field) => field; // words may have commas
  });
