import { failure } from "./failure.ts";
import type { TableRow } from "./openTable.ts";
import { readCell } from "./readEvent.ts";
import type { Recipe } from "./recipe.ts";

/** Refuses a row that comes before its time. */
export const timeOrder = ({ time, columns }: Recipe): ((where: string, row: TableRow) => void) => {
  let latest: Date | number = Number.NEGATIVE_INFINITY;
  if (time === null) return () => {};
  const column = columns.find(({ name }) => name === time) ?? { name: time, kind: "number" };
  return (where, { cells }) => {
    const moment = readCell(where, column, cells) as Date | number | undefined;
    if (moment === undefined)
      throw failure(`${where}: column ${JSON.stringify(time)} is empty, and orders the rows`);
    if (moment < latest)
      throw failure(
        `${where}: column ${JSON.stringify(time)} goes back in time, from ${said(latest)} to ${said(moment)}; sort the rows first`,
      );
    latest = moment;
  };
};

const said = (moment: Date | number): string =>
  moment instanceof Date ? moment.toISOString() : String(moment);
