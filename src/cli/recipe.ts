import { isPlain } from "../formats/plainData.ts";
import { inWords } from "../math/invalid.ts";
import { failure } from "./failure.ts";

/** What the values of a column are. */
export type ColumnKind = "number" | "boolean" | "date" | "category" | "text";

export interface RecipeColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A column that is learned from. */
export interface RecipeInput extends RecipeColumn {
  /** How many categories it has room for, or into how many columns its words go; 0 for other kinds. */
  readonly size: number;
}

/** All that it takes to build a learner again, besides what it has learned: plain data, which its file holds. */
export interface Recipe {
  readonly version: 1;
  readonly task: "classification" | "regression";
  readonly target: RecipeColumn;
  /** What is learned from, in this order. */
  readonly columns: readonly RecipeInput[];
  /** The column by which rows are in order. */
  readonly time: string | null;
  /** How many classes there may be; 1 for regression. */
  readonly classes: number;
  readonly seed: number;
}

export const columnKinds: readonly string[] = ["number", "boolean", "date", "category", "text"];
/** What a file may ask for at most, so that none makes a program allocate without end. */
const most = { columns: 10_000, classes: 1000, name: 1000, size: 2 ** 18 };

/** Takes nothing for granted: files come from anywhere. @throws Failure for what is no recipe. */
export const recipeOf = (path: string, value: unknown): Recipe => {
  const refuse = (expected: string, got: unknown): Error =>
    failure(`${path} is no model that rxgrad can use: its recipe expects ${expected}, got ${inWords(got)}`);
  const fields = ["version", "task", "target", "columns", "time", "classes", "seed"];
  if (
    !isPlain(value) ||
    Object.keys(value).length !== fields.length ||
    fields.some((name) => !(name in value))
  )
    throw refuse(fields.join(", "), isPlain(value) ? Object.keys(value).join(", ") : value);
  const { version, task, target, columns, time, classes, seed } = value;
  const within = (number: unknown, from: number, to: number): number => {
    if (Number.isSafeInteger(number) && (number as number) >= from && (number as number) <= to)
      return number as number;
    throw refuse(`a whole number from ${from} to ${to}`, number);
  };
  const columnOf = (column: unknown, fields: number): RecipeColumn => {
    if (!isPlain(column) || Object.keys(column).length !== fields)
      throw refuse("a name and a kind of each column", column);
    const { name, kind } = column;
    if (typeof name !== "string" || name.length > most.name) throw refuse("a name of each column", name);
    if (typeof kind !== "string" || !columnKinds.includes(kind))
      throw refuse(`one of ${columnKinds.join(", ")}`, kind);
    return { name, kind: kind as ColumnKind };
  };
  const inputOf = (column: unknown): RecipeInput => {
    const { name, kind } = columnOf(column, 3);
    const sized = kind === "category" || kind === "text";
    const { size } = column as RecipeInput;
    return { name, kind, size: within(size, sized ? 1 : 0, sized ? most.size : 0) };
  };
  if (version !== 1) throw refuse("version 1", version);
  if (task !== "classification" && task !== "regression") throw refuse("a task", task);
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > most.columns)
    throw refuse(`from 1 to ${most.columns} columns`, columns);
  const read = columns.map(inputOf);
  const goal = columnOf(target, 2);
  const names = new Set([goal.name, ...read.map(({ name }) => name)]);
  if (names.size !== read.length + 1) throw refuse("different names of columns", "one twice");
  if (task === "regression" && goal.kind !== "number") throw refuse("numbers as target", goal.kind);
  if (time !== null && typeof time !== "string") throw refuse("the name of a column as time", time);
  return {
    version,
    task,
    target: goal,
    columns: read,
    time,
    classes: within(classes, 1, most.classes),
    seed: within(seed, 0, Number.MAX_SAFE_INTEGER),
  };
};
