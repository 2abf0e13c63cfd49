import { failure } from "./failure.ts";
import { openTable, type Table, type TableOptions } from "./openTable.ts";
import type { RecipeColumn } from "./recipe.ts";

/** Opens a table that has the columns which a model knows. @throws Failure that names those that are not there. */
export const knownTable = async (
  path: string,
  options: TableOptions,
  columns: readonly RecipeColumn[],
): Promise<Table> => {
  const table = await openTable(path, options, { known: columns });
  const names = new Set(table.columns.map(({ name }) => name));
  const gone = columns.filter(({ name }) => !names.has(name)).map(({ name }) => JSON.stringify(name));
  // rows that name their own columns may leave out what is missing
  if (gone.length === 0 || (!table.fixed && gone.length < columns.length)) return table;
  const what = gone.length === 1 ? "column" : "columns";
  throw failure(
    `${table.name} has no ${what} ${gone.join(", ")}, which the model needs; it has ${[...names].join(", ")}`,
  );
};
