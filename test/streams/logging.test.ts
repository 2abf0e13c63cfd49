import { from, lastValueFrom, type Observable, of, range, toArray } from "rxjs";
import { afterEach, expect, expectTypeOf, test, vi } from "vitest";
import { type LoggingOptions, logging } from "../../src/streams/logging.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const lines = <Item>(items: readonly Item[], options: LoggingOptions<Item> = {}): string[] => {
  const log: string[] = [];
  from(items)
    .pipe(logging({ ...options, to: (line) => log.push(line) }))
    .subscribe();
  return log;
};

test("logging() writes the step and its numbers", () => {
  const step = { id: 12, run: 1, size: 32, loss: 0.431_234, mode: "train", prediction: {}, accuracy: 0.81 };
  expect(lines([step])).toEqual(["step 12  loss 0.4312  accuracy 0.81"]);
  expect(lines([{ id: 1, loss: 0.000_012_345_6, rows: 123_456, big: 12_345.67, bad: Number.NaN }])).toEqual([
    "step 1  loss 0.00001235  rows 123456  big 12345.7  bad NaN",
  ]);
  expect(lines([{ id: 2, loss: 2, metrics: { accuracy: 0.5, matrix: [[1]] } }])).toEqual([
    "step 2  loss 2  accuracy 0.5",
  ]);
  expect(lines([{ loss: 2 }])).toEqual(["loss 2"]);
  expect(lines([1.5, "text", null])).toEqual(["1.5", "text", "null"]);
});

test("logging() logs the first item, and then each every-th", () => {
  expect(lines([0, 1, 2, 3, 4, 5, 6], { every: 3 })).toEqual(["0", "3", "6"]);
  expect(() => logging({ every: 0 })).toThrow(
    "logging() expects a whole number of at least 1 as every, got 0",
  );
});

test("logging() goes to the console unless told otherwise, a line an item", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  of({ id: 3, loss: 1 }).pipe(logging()).subscribe();
  expect(log.mock.calls).toEqual([["step 3  loss 1"]]);
});

test("logging() gives the line alone, formatted as you like", () => {
  const to = vi.fn();
  const step = { id: 3, loss: 1 };
  of(step)
    .pipe(logging({ to, format: ({ loss }) => `L=${loss}` }))
    .subscribe();
  expect(to.mock.calls).toEqual([["L=1"]]);
});

test("logging() does not end the stream when writing fails, and says so once", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const to = () => {
    throw new Error("disk full");
  };
  expect(await lastValueFrom(range(5).pipe(logging({ to }), toArray()))).toEqual([0, 1, 2, 3, 4]);
  expect(error).toHaveBeenCalledTimes(1);
});

test("logging() passes the type of the items", () => {
  expectTypeOf(of({ id: 1 }).pipe(logging({ every: 2, format: (item) => `${item.id}` }))).toEqualTypeOf<
    Observable<{ id: number }>
  >();
});
