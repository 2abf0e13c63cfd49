import type { Table } from "apache-arrow";
import type { Bytes } from "./bytesOf.ts";
import { failure } from "./failure.ts";
import type { RecordRow } from "./recordRow.ts";

/** The rows of an Arrow file or stream, its dates and timestamps as dates. @throws Failure for one that is damaged. */
export async function* arrowRows(name: string, bytes: Bytes): AsyncIterable<RecordRow> {
  const { DataType, tableFromIPC } = await import("apache-arrow").catch(() => {
    throw failure(`${name} is an arrow file, which needs a package more: npm install apache-arrow`);
  });
  const all = await bytes.all();
  const opened = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw failure(`${name} is a damaged arrow file: ${(error as Error).message}`, { cause: error });
    }
  };
  const table: Table = opened(() => tableFromIPC(all));
  const { fields } = table.schema;
  // a row takes a bit at least; a length that is damaged would be gone through for years
  if (table.numRows > 8 * all.length)
    throw failure(`${name} is a damaged arrow file: ${all.length} bytes do not hold ${table.numRows} rows`);
  const moments = fields.filter(({ type }) => DataType.isDate(type) || DataType.isTimestamp(type));
  for (let i = 0; i < table.numRows; i++) {
    const record: Record<string, unknown> = opened(() => table.get(i)?.toJSON() ?? {});
    for (const { name: column } of moments)
      if (typeof record[column] === "number") record[column] = new Date(record[column]);
    yield { line: i + 1, record };
  }
  const unmarked = all.readUInt32LE(0) === 0xffffffff && !all.subarray(-8).equals(endOfStream);
  if (unmarked)
    process.stderr.write(
      `rxgrad: ${name} has no marker at its end, behind row ${table.numRows}; if it was cut, rows are missing\n`,
    );
}

/** What writers of Arrow streams put there when they are done. */
const endOfStream = Buffer.from("ffffffff00000000", "hex");
