import { failure, misuse } from "./failure.ts";
import type { Table } from "./openTable.ts";
import type { ColumnKind, Recipe, RecipeColumn } from "./recipe.ts";
import { sizes } from "./schemaOf.ts";

/** What a person may say of a recipe. */
export interface RecipeOptions {
  readonly target: string;
  readonly task?: Recipe["task"];
  readonly time?: string;
  /** What columns hold, where it is not what they seem to. */
  readonly types?: ReadonlyMap<string, ColumnKind>;
  readonly ignore?: readonly string[];
  readonly classes?: number;
  readonly seed?: number;
}

/** Finds out what is to be learned from what. @throws Failure for columns that are not there, or do not serve. */
export const recipeFor = (table: Table, options: RecipeOptions): Recipe => {
  const { time = null, ignore = [], types = new Map(), seed = 0 } = options;
  const told = (one: RecipeColumn): RecipeColumn => ({ ...one, kind: types.get(one.name) ?? one.kind });
  const column = (name: string, option: string): RecipeColumn => {
    const found = table.columns.find((one) => one.name === name);
    if (found) return told(found);
    const names = table.columns.map((one) => one.name).join(", ");
    throw failure(`${table.name} has no column ${JSON.stringify(name)}, given as ${option}; it has ${names}`);
  };
  const target = column(options.target, "--target");
  for (const name of types.keys()) column(name, "--types");
  for (const name of ignore) column(name, "--ignore");
  if (target.kind === "date")
    throw failure(`column ${JSON.stringify(target.name)} holds dates, which cannot be learned as --target`);
  const { values, of } = table.distinct(target.name);
  if (of === 0)
    throw failure(`column ${JSON.stringify(target.name)} is empty, and cannot be learned as --target`);
  const few = values <= 20 && 2 * values <= of;
  const task =
    options.task ?? (target.kind === "number" && !(few && values === 2) ? "regression" : "classification");
  if (task === "regression" && target.kind !== "number")
    throw failure(`column ${JSON.stringify(target.name)} holds no numbers, which --task regression needs`);
  const classes = task === "regression" ? 1 : (options.classes ?? Math.max(10, 2 * values));
  if (classes > 1000)
    throw failure(
      `column ${JSON.stringify(target.name)} has ${values} different labels; --classes allows 1000`,
    );
  if (task === "classification" && classes < 2) throw misuse("--classes expects at least 2");
  if (time !== null && column(time, "--time").kind !== "date" && column(time, "--time").kind !== "number")
    throw failure(`column ${JSON.stringify(time)}, given as --time, holds neither dates nor numbers`);
  const columns = table.columns.map(told).filter(
    // a number that orders the rows says nothing of rows to come
    ({ name, kind }) =>
      name !== target.name && !ignore.includes(name) && !(name === time && kind === "number"),
  );
  if (columns.length === 0)
    throw failure(`${table.name} has no column to learn from besides ${JSON.stringify(target.name)}`);
  // what stands once in each row is a text, but a label all the same; and one who wrote "yes" is answered "yes"
  const worded = target.kind === "boolean" && !types.has(target.name) && isWorded(table.words(target.name));
  const goal = target.kind === "text" || worded ? { ...target, kind: "category" as const } : target;
  const inputs = columns.map((one) => ({ ...one, size: sizes[one.kind] }));
  return { version: 1, task, target: goal, columns: inputs, time, classes, seed };
};

/** Whether two answers have words of their own, rather than true and false. */
const isWorded = (words: ReadonlySet<string>): boolean =>
  words.size <= 2 && [...words].some((word) => !/^(?:true|false)$/i.test(word));
