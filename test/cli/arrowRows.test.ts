import {
  DateDay,
  Float64,
  makeData,
  Null,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterEach, expect, it, vi } from "vitest";
import { arrowRows } from "../../src/cli/arrowRows.ts";
import type { RecordRow } from "../../src/cli/recordRow.ts";

const moments = [0, 1, 2].map((i) => new Date(Date.UTC(2024, 0, 1 + i)));
const table = new Table({
  at: vectorFromArray(moments, new TimestampMillisecond()),
  on: vectorFromArray(moments, new DateDay()),
  price: vectorFromArray([1.5, null, 3], new Float64()),
  word: vectorFromArray(["a", "b", "c"], new Utf8()),
});
const bytesOf = (form: "file" | "stream") => Buffer.from(tableToIPC(table, form));

const read = async (all: Buffer): Promise<readonly RecordRow[]> => {
  const rows: RecordRow[] = [];
  const bytes = { head: all, read: async function* () {}, all: async () => all };
  for await (const row of arrowRows("data.arrow", bytes)) rows.push(row);
  return rows;
};

afterEach(() => void vi.restoreAllMocks());
const told = () => vi.spyOn(process.stderr, "write").mockReturnValue(true);

it.each(["file", "stream"] as const)(
  "arrowRows() reads dates and timestamps of a %s as dates",
  async (form) => {
    expect(await read(bytesOf(form))).toEqual(
      moments.map((at, i) => ({
        line: i + 1,
        record: { at, on: at, price: [1.5, null, 3][i], word: "abc"[i] },
      })),
    );
  },
);

it.each(["file", "stream"] as const)("arrowRows() says that a %s is damaged", async (form) => {
  const all = bytesOf(form);
  await expect(read(all.subarray(0, all.length * 0.6))).rejects.toThrow(
    /^data\.arrow is a damaged arrow file: ./,
  );
});

it("arrowRows() believes in no more rows than there are bits", async () => {
  const none = new Vector([makeData({ type: new Null(), length: 1e7 })]);
  const all = Buffer.from(tableToIPC(new Table({ none }), "file"));
  await expect(read(all)).rejects.toThrow(/damaged arrow file: \d+ bytes do not hold 10000000 rows$/);
});

it("arrowRows() tells of a stream without the marker at its end, and of no other", async () => {
  const write = told();
  expect(await read(bytesOf("stream"))).toHaveLength(3);
  expect(write).not.toHaveBeenCalled();
  expect(await read(bytesOf("stream").subarray(0, -8))).toHaveLength(3);
  expect(write.mock.calls).toEqual([[expect.stringMatching(/no marker at its end, behind row 3;/)]]);
});
