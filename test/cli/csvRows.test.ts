import { expect, it } from "vitest";
import type { Bytes } from "../../src/cli/bytesOf.ts";
import { type CsvRow, csvRows } from "../../src/cli/csvRows.ts";

const bytesIn = (text: string, size = text.length): Bytes => {
  const all = Buffer.from(text);
  const read = async function* () {
    for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
  };
  return { head: all, read, all: async () => all };
};

const rowsOf = async (text: string, size?: number): Promise<readonly CsvRow[]> => {
  const rows: CsvRow[] = [];
  for await (const row of csvRows("data.csv", bytesIn(text, size), ",")) rows.push(row);
  return rows;
};

it.each(["\n", "\r\n"])(
  "csvRows() names the lines on which rows begin, with %j at their ends",
  async (end) => {
    const text = ["a,b", "1,x", "", '2,"long', "", 'text"', "", "", "3,y", ""].join(end);
    for (const size of [1, 7, 1000])
      expect((await rowsOf(text, size)).map(({ line, fields }) => [line, fields[0]])).toEqual([
        [1, "a"],
        [2, "1"],
        [4, "2"],
        [9, "3"],
      ]);
  },
);

const faulty: Readonly<Record<string, string>> = {
  'id,name,y\n1,x,2\n\n2,"a\nb",3\n3,"open,4\n4,b,5\n':
    'data.csv:6: column 2, "name": the quote that opens here is never closed',
  'id,name,y\r\n1,x,2\r\n\r\n2,"a\r\nb",3\r\n3,"open,4\r\n4,b,5\r\n':
    'data.csv:6: column 2, "name": the quote that opens here is never closed',
  'id,name,y\n1,"open,2\n2,x,3\n3,"closed",4\n':
    'data.csv:2: column 2, "name": the quote that opens here is closed in a later line, with text behind it; is one missing?',
  'id,name\n1,x\n2,"a"b\n':
    'data.csv:3: column 2, "name": text stands behind a closing quote; within quotes, a quote is written twice',
  'id,name\n1,x\n2,a"b\n':
    'data.csv:3: column 2, "name": a quote stands within a field that does not begin with one',
  '1,2\n3,"open\n': "data.csv:2: column 2: the quote that opens here is never closed",
  '"id,name\n1,2\n': "data.csv:1: column 1: the quote that opens here is never closed",
  "id,name,y\n1,x\n": 'data.csv:2: expects 3 fields, got 2; none for column 3, "y"',
  "id,name,y\n1,x,2,left,over\n": 'data.csv:2: expects 3 fields, got 5; field 4 is "left"',
  'id,name,y\n1,"open,2\n2,"\n':
    'data.csv:2: expects 3 fields, got 2; none for column 3, "y"; it has more than one line: is a quote not closed?',
};

it.each(Object.entries(faulty))("csvRows() says where %j is at fault", async (text, message) => {
  for (const size of [1, 1000]) await expect(rowsOf(text, size)).rejects.toMatchObject({ message });
});

it("csvRows() gives all rows before one that is faulty, in whatever pieces they come", async () => {
  for (const [row, message] of [
    ['3,"a"b', /text stands behind/],
    ["3", /expects 2 fields, got 1/],
  ] as const)
    for (const size of [1, 7, 1000]) {
      const lines: number[] = [];
      const read = async () => {
        for await (const { line } of csvRows("d", bytesIn(`id,name\n1,x\n2,y\n${row}\n4,"z"z\n`, size), ","))
          lines.push(line);
      };
      await expect(read()).rejects.toThrow(message);
      expect(lines).toEqual([1, 2, 3]);
    }
});

it("csvRows() gives up on a quote that is open for 64 MiB", async () => {
  const filler = `${"x".repeat(1023)}\n`.repeat(2 ** 16 + 1);
  await expect(rowsOf(`a,b\n1,"${filler}`, 2 ** 20)).rejects.toThrow(
    'data.csv:2: column 2, "b": the row that begins here is longer than 64 MiB; is a quote not closed?',
  );
});
