import { type ColumnType, inferColumns, readField, sniffDelimiter, unreadable } from "rxgrad/files";
import { expect, it } from "vitest";

const table = (text: string) => text.split("\n").map((line) => line.split(","));
const typesOf = (text: string) =>
  Object.fromEntries(inferColumns(table(text)).columns.map(({ name, type }) => [name, type]));

it("inferColumns() tells numbers, booleans, dates, categories and text apart", () => {
  expect(
    typesOf(
      `id,price,sold,on,colour,note,zip,empty
1,1.5,yes,2024-01-02,red,a longer one,01234,
2,-3e2,no,2024-01-03,blue,another,04321,NA
3,,yes,2024/01/04,red,third,01234,
4,.5,,2024-01-05 10:30,blue,fourth,04321,`,
    ),
  ).toEqual({
    id: "number",
    price: "number",
    sold: "boolean",
    on: "date",
    colour: "category",
    note: "text",
    zip: "category",
    empty: "text",
  });
});

it("inferColumns() counts missing and distinct fields", () => {
  expect(inferColumns(table("a\n1\nNA\n1\n2\n")).columns).toEqual([
    { name: "a", type: "number", missing: 2, distinct: 2 },
  ]);
});

it("inferColumns() finds out whether there is a header", () => {
  expect(inferColumns(table("1,2\n3,4"))).toMatchObject({ header: false, columns: [{ name: "column1" }, { name: "column2" }] }); // biome-ignore format: a line
  expect(inferColumns(table("a,b\n3,4")).header).toBe(true);
  expect(inferColumns(table("a,b\na,c\nd,c")).header).toBe(false); // a comes again
  expect(inferColumns(table("a,a\n1,2")).header).toBe(false);
  expect(inferColumns(table("a,b\n3,4"), { header: false }).columns).toHaveLength(2);
  expect(inferColumns([])).toEqual({ header: false, columns: [] });
});

it("inferColumns() takes words for text when there are too many", () => {
  const rows = Array.from({ length: 300 }, (_, i) => [`w${i % 60}`]);
  expect(inferColumns([["word"], ...rows]).columns[0]!.type).toBe("text");
  expect(inferColumns([["word"], ...rows], { maxCategories: 60 }).columns[0]!.type).toBe("category");
});

it("readField() reads a field as a type, and says what it cannot read", () => {
  const cases: [ColumnType, string, unknown][] = [
    ["number", " 12 ", 12],
    ["number", "1e400", unreadable],
    ["number", "0x10", unreadable],
    ["number", "n/a", undefined],
    ["boolean", "T", true],
    ["boolean", "0", false],
    ["boolean", "maybe", unreadable],
    ["date", "2024-02-01 12:00", new Date("2024-02-01T12:00:00Z")],
    ["date", "2024-02-01T12:00:00+01:00", new Date("2024-02-01T11:00:00Z")],
    ["date", "2024-13-01", unreadable],
    ["date", "2024-02-29", new Date("2024-02-29T00:00:00Z")],
    ["date", "2023-02-29", unreadable],
    ["date", "2024/04/31 10:00", unreadable],
    ["date", "2024-12-31T23:59:00Z", new Date("2024-12-31T23:59:00Z")],
    ["date", "1/2/2024", unreadable],
    ["category", " red ", "red"],
    ["category", "", undefined],
    ["text", "", ""],
  ];
  for (const [type, text, value] of cases)
    expect([type, text, readField(type, text)]).toEqual([type, text, value]);
});

it("sniffDelimiter() finds what separates fields, outside of quotes", () => {
  expect(sniffDelimiter("a,b,c\n1,2,3\n")).toBe(",");
  expect(sniffDelimiter("a;b\n1,5;2,5\n1,5;2\n")).toBe(";");
  expect(sniffDelimiter("a\tb\n1\t2\n")).toBe("\t");
  expect(sniffDelimiter('"a,b,c"|2\n"d,e,\n,f"|3\n')).toBe("|");
  expect(sniffDelimiter("one column\r\n2\r\n")).toBe(",");
  expect(sniffDelimiter("")).toBe(",");
  expect(sniffDelimiter("a,b\n1,2\n3;")).toBe(","); // a line that was cut
});

it("inferColumns() takes x, y and t for names of columns, though y and t say yes elsewhere", () => {
  const rows = [
    ["t", "x", "y"],
    ["1", "2", "3"],
    ["4", "5", "6"],
  ];
  expect(inferColumns(rows)).toMatchObject({
    header: true,
    columns: [{ name: "t" }, { name: "x" }, { name: "y" }],
  });
  expect(
    inferColumns([
      ["yes", "1"],
      ["no", "2"],
    ]).header,
  ).toBe(false);
});
