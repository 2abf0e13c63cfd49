import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { recordRows } from "../../src/cli/recordRows.ts";

const y = Array.from({ length: 40 }, (_, i) => i / 2);
const whole = Buffer.from(parquetWriteBuffer({ columnData: [{ name: "y", data: y, type: "DOUBLE" }] }));
/** 40 rows, and then a list of row groups, as its metadata have it. */
const told = whole.lastIndexOf(Buffer.from([0x16, 80, 0x19, 0x1c]));

/** The same file, whose metadata tell of another number of rows, written in the variable length of Thrift. */
const telling = (...rows: readonly number[]): Buffer => {
  const patched = Buffer.concat([whole.subarray(0, told + 1), Buffer.from(rows), whole.subarray(told + 2)]);
  const size = patched.length - 8;
  patched.writeUInt32LE(whole.readUInt32LE(whole.length - 8) + rows.length - 1, size);
  return patched;
};
const count = async (all: Buffer): Promise<number> => {
  let rows = 0;
  const bytes = { head: all, read: async function* () {}, all: async () => all };
  for await (const { line } of recordRows("parquet", "data.parquet", bytes)) rows = line;
  return rows;
};

it("recordRows() refuses a parquet file that says that it has more or fewer rows than it holds", async () => {
  expect(await count(telling(80))).toBe(40);
  const said = (rows: number): string =>
    `data.parquet is a damaged parquet file: it says that it has ${rows} rows, and holds 40`;
  await expect(count(telling(126))).rejects.toThrow(said(63));
  await expect(count(telling(32))).rejects.toThrow(said(16));
  const vast = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4]; // a loop over them would not end
  await expect(count(telling(...vast))).rejects.toThrow(said(2 ** 50));
});
