import { expect, it } from "vitest";
import { features } from "../../src/features/features.ts";
import { hashedWords } from "../../src/features/hashedWords.ts";
import { hashing } from "../../src/features/hashing.ts";
import { isSparse } from "../../src/math/sparse.ts";
import fixture from "../fixtures/hashing.json" with { type: "json" };

interface Post {
  readonly text: string | null;
}

const rowOf = (size: number, text: string, options = {}) => {
  const schema = features<Post>()({ text: hashedWords(size, options) });
  return schema.encode(schema.init(), { text });
};

it("hashedWords() equals scikit-learn's HashingVectorizer, with sequences of words too", () => {
  for (const { text, size, ngrams, columns, values } of fixture.documents) {
    const { data } = rowOf(size, text, { ngrams });
    const found = [...data.entries()].filter(([, v]) => v !== 0);
    expect(found).toEqual(columns.map((column, k) => [column, values[k]]));
  }
});

it("hashedWords() gives sparse rows", () => {
  const row = rowOf(2 ** 18, "to be or not to be");
  expect(isSparse(row)).toBe(true);
  expect([row.rows, row.cols, row.indices.length]).toEqual([1, 2 ** 18, 6]);
});

it("hashedWords() reads maxLength characters, with any tokenizer, and unsigned if asked", () => {
  expect(rowOf(64, "aaa bbb ccc", { maxLength: 7 }).data).toEqual(rowOf(64, "aaa bbb").data);
  const letters = rowOf(64, "ABC", { tokenizer: (text: string) => text, signed: false });
  expect(letters.values).toEqual(Float64Array.of(1, 1, 1));
  expect(rowOf(64, "Straße ÉLAN").data).toEqual(rowOf(64, "straße élan").data);
});

it("hashedWords() refuses sizes and options that are none", () => {
  expect(() => hashedWords(0)).toThrow("hashedWords(0) expects a whole number of at least 1 as size, got 0");
  expect(() => hashedWords(8, { ngrams: 0.5 })).toThrow("ngrams");
  expect(() => hashedWords(8, { tokenizer: "a" as never })).toThrow("a function as tokenizer");
  // @ts-expect-error the mean of so many columns is not kept
  expect(() => hashedWords(8, { missing: "mean" })).toThrow(
    "one of zero, last, indicator, reject as missing",
  );
});

it("hashing() has collisions that cancel in expectation when signed", () => {
  const size = 16;
  const sums = (signed: boolean): number => {
    const add = hashing("hashing()", size, { signed });
    const columns = new Float64Array(size);
    for (let i = 0; i < 16_000; i++)
      add(`word${i}`, (column, value) => {
        columns[column]! += value;
      });
    return Math.max(...columns.map(Math.abs));
  };
  expect(sums(true)).toBeLessThan(4.5 * Math.sqrt(1000)); // deviations of a sum of a thousand signs
  expect(sums(false)).toBeGreaterThan(850);
});
