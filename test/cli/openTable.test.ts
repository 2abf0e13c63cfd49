import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { haveDecimalCommas } from "../../src/cli/decimalComma.ts";
import { openTable } from "../../src/cli/openTable.ts";
import type { RecipeColumn } from "../../src/cli/recipe.ts";
import type { TableOptions } from "../../src/cli/tableOptions.ts";
import { outPath } from "../support/bundle.ts";

type Options = TableOptions & { readonly known?: readonly RecipeColumn[] };

const opened = async (name: string, text: string, { known, ...options }: Options = {}) => {
  const path = outPath(`tables/${name}`);
  writeFileSync(path, text);
  const table = await openTable(path, options, known ? { known } : {});
  const rows = [];
  for await (const { cells } of table.rows()) rows.push(cells);
  return { columns: table.columns, rows };
};

const european = "size;weight;code\n1,5;70;1,2\n-2,25;,5;a\n;80;1,2\n";

it("openTable() reads decimal commas in columns of numbers, where semicolons separate them", async () => {
  const { columns, rows } = await opened("european.csv", european);
  expect(columns).toEqual([
    { name: "size", kind: "number" },
    { name: "weight", kind: "number" },
    { name: "code", kind: "text" },
  ]);
  expect(rows).toEqual([
    { size: "1.5", weight: "70", code: "1,2" },
    { size: "-2.25", weight: ".5", code: "a" },
    { size: "", weight: "80", code: "1,2" },
  ]);
});

it("openTable() reads decimal commas as the columns that it is told of want it", async () => {
  const known = [
    { name: "size", kind: "text" as const, size: 8 },
    { name: "weight", kind: "number" as const, size: 0 },
    { name: "code", kind: "category" as const, size: 8 },
  ];
  const { rows } = await opened("known.csv", european, { known });
  expect(rows[0]).toEqual({ size: "1,5", weight: "70", code: "1,2" });
  expect(rows[1]).toEqual({ size: "-2,25", weight: ".5", code: "a" });
});

it("openTable() finds no names above numbers with decimal commas", async () => {
  const { columns, rows } = await opened("bare.csv", "1,5;2,5\n3,5;4,5\n", { delimiter: ";" });
  expect(columns.map(({ name }) => name)).toEqual(["column1", "column2"]);
  expect(rows).toHaveLength(2);
});

it("openTable() leaves commas alone where others separate the fields", async () => {
  const { rows } = await opened("tabs.tsv", "a\tb\n1,234\t1\n5,678\t2\n");
  expect(rows).toEqual([
    { a: "1,234", b: "1" },
    { a: "5,678", b: "2" },
  ]);
});

it.each(["\t", "|"])("openTable() reads decimal commas between %j when it is told to", async (mark) => {
  const lines = [
    ["size", "word"],
    ["1,5", "a,b"],
    ["1,234", "c"],
    ["2", "1,5"],
  ].map((row) => row.join(mark));
  const decimalComma = true;
  const known = [
    { name: "size", kind: "number" as const, size: 0 },
    { name: "word", kind: "text" as const, size: 8 },
  ];
  for (const options of [{ decimalComma }, { decimalComma, known }]) {
    const { rows } = await opened("told.tsv", lines.join("\n"), options);
    expect(rows).toEqual([
      { size: "1.5", word: "a,b" },
      { size: "1.234", word: "c" },
      { size: "2", word: "1,5" },
    ]);
  }
});

it("openTable() finds what separates numbers with decimal commas, when it is told of them", async () => {
  const { columns, rows } = await opened("nameless.tsv", "1,5\t2,5\n3,5\t4,5\n", { decimalComma: true });
  expect(columns.map(({ kind }) => kind)).toEqual(["number", "number"]);
  expect(rows[1]).toEqual({ column1: "3.5", column2: "4.5" });
});

it("openTable() reads quoted decimal commas between commas when it is told to", async () => {
  const { rows } = await opened("quoted.csv", 'a,b\n"1,5",2\n"2,5",3\n', {
    decimalComma: true,
    delimiter: ",",
  });
  expect(rows.map(({ a }) => a)).toEqual(["1.5", "2.5"]);
});

it("haveDecimalCommas() tells numbers with decimal commas from thousands and words", () => {
  const seems = (...words: string[]): boolean => haveDecimalCommas(new Set(words));
  expect(seems("1,5", "2", "1,234")).toBe(true);
  expect(seems("0,125", "-,5")).toBe(true);
  expect(seems("1,234", "12,345", "7")).toBe(false);
  expect(seems("1,5", "a")).toBe(false);
  expect(seems("1", "2.5")).toBe(false);
  expect(seems()).toBe(false);
});
