import { type Command, InvalidArgumentError, Option } from "commander";
import { type ColumnKind, columnKinds } from "./recipe.ts";
import { type TableFormat, tableFormats } from "./tableFormat.ts";

/** What a person may say of a table, and is else found out. */
export interface TableOptions {
  readonly format?: TableFormat;
  readonly delimiter?: string;
  /** False when the first line holds no names. */
  readonly header?: boolean;
  /** True when numbers are written as 1,5; else they are where semicolons separate the fields. */
  readonly decimalComma?: boolean;
}

/** What commands that read a table are told of it. */
export interface TableFlags {
  readonly input?: TableFormat;
  readonly delimiter?: string;
  readonly header: boolean;
  readonly decimalComma?: boolean;
}

/** Adds the options of a table to a command. */
export const withTable = (command: Command, format = "--format <format>"): Command =>
  command
    .addOption(new Option(format, "of the data, else found in it").choices(tableFormats))
    .option("--delimiter <character>", "between the fields of CSV, else found in it; tab is a word")
    .option("--decimal-comma", "numbers of CSV are written as 1,5; found out where semicolons separate them")
    .option("--no-header", "the first line holds no names: columns are column1, column2, …");

/** The options of a table among those of a command. */
export const tableOptionsOf = (
  { delimiter, header, decimalComma }: Pick<TableFlags, "delimiter" | "header" | "decimalComma">,
  format?: TableFormat,
): TableOptions => ({
  ...(format === undefined ? {} : { format }),
  ...(delimiter === undefined ? {} : { delimiter }),
  ...(header ? {} : { header: false }),
  ...(decimalComma === undefined ? {} : { decimalComma }),
});

/** An argument that is a whole number. */
export const wholeArgument =
  (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${most}`;
    throw new InvalidArgumentError(`a whole number of at least ${least}${upTo} is expected`);
  };

/** An argument that is a share, from 0 to below 1. */
export const shareArgument = (text: string): number => {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number >= 0 && number < 1) return number;
  throw new InvalidArgumentError("a number from 0 to below 1 is expected");
};

/** An argument that is a list of names. */
export const namesArgument = (text: string): readonly string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** An argument that says what columns hold: `age=number,code=category`. */
export const typesArgument = (text: string): ReadonlyMap<string, ColumnKind> =>
  new Map(
    namesArgument(text).map((pair) => {
      const at = pair.lastIndexOf("=");
      const kind = pair.slice(at + 1);
      if (at > 0 && columnKinds.includes(kind)) return [pair.slice(0, at), kind as ColumnKind];
      throw new InvalidArgumentError(
        `names with one of ${columnKinds.join(", ")} are expected, such as age=number`,
      );
    }),
  );
