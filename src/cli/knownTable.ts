import { failure } from "./failure.ts";
import { openTable, type Table } from "./openTable.ts";
import type { RecipeColumn } from "./recipe.ts";
import type { TableOptions } from "./tableOptions.ts";

/**
 * Opens a table that has the columns which a model knows. Where each row names its own, those that the first row lacks are told on
 * standard error.
 * @throws Failure that names those that are not there.
 */
export const knownTable = async (
  path: string,
  options: TableOptions,
  columns: readonly RecipeColumn[],
): Promise<Table> => {
  const table = await openTable(path, options, { known: columns });
  const names = new Set(table.columns.map(({ name }) => name));
  const gone = columns.filter(({ name }) => !names.has(name)).map(({ name }) => JSON.stringify(name));
  const what = gone.length === 1 ? "column" : "columns";
  if (gone.length === 0) return table;
  if (table.fixed || gone.length === columns.length)
    throw failure(
      `${table.name} has no ${what} ${gone.join(", ")}, which the model needs; it has ${[...names].join(", ")}`,
    );
  // rows that name their own columns may leave out what is missing
  process.stderr.write(
    `rxgrad: the first row of ${table.name} has no ${what} ${gone.join(", ")}; what rows leave out is taken as missing\n`,
  );
  return table;
};
