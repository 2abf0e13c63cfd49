import fc from "fast-check";
import { from, lastValueFrom, map, type Observable, of, Subject, toArray } from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { lag } from "../../src/folds/lag.ts";
import { lastRows } from "../../src/folds/lastRows.ts";
import { fold } from "../../src/streams/fold.ts";
import { horizon } from "../../src/streams/horizon.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { windowed } from "../../src/streams/windowed.ts";
import { withFolds } from "../../src/streams/withFolds.ts";
import { withLags } from "../../src/streams/withLags.ts";
import { operatorLaws } from "../laws/operator.ts";

interface Hour {
  readonly id: number;
  readonly load: number;
}

const hours: readonly Hour[] = [3, 1, 4, 1, 5, 9].map((load, id) => ({ id, load }));
const samples = hours.map(({ id, load }) => ({ x: [id, load], y: load }));
const load = ({ load }: Hour) => load;

const gather = <Item>(stream$: Observable<Item>): { items: Item[]; error?: string } => {
  const seen: { items: Item[]; error?: string } = { items: [] };
  stream$.subscribe({
    next: (item) => seen.items.push(item),
    error: (error) => {
      seen.error = error.message;
    },
  });
  return seen;
};

operatorLaws("withLags({ one, three })", {
  operator: () => withLags({ one: 1, three: 3 }, { of: load }),
  items: hours,
  expected: (all) => all.slice(3).map((hour, i) => ({ ...hour, one: all[i + 2]!.load, three: all[i]!.load })),
});
operatorLaws("withLags({ two }, { missing })", {
  operator: () => withLags({ two: 2 }, { of: load, missing: 0 }),
  items: hours,
  expected: (all) => all.map((hour, i) => ({ ...hour, two: all[i - 2]?.load ?? 0 })),
});
operatorLaws("windowed(3)", {
  operator: () => windowed<(typeof samples)[number]>(3),
  items: samples,
  expected: (all) =>
    all.slice(2).map(({ y }, i) => ({ x: Float64Array.from(all.slice(i, i + 3).flatMap(({ x }) => x)), y })),
});
operatorLaws("windowed(2, { of, warmUp: pad })", {
  operator: () => windowed(2, { of: (hour: Hour) => [hour.load], warmUp: "pad" }),
  items: hours,
  expected: (all) =>
    all.map((hour, i) => ({ ...hour, x: Float64Array.of(all[i - 1]?.load ?? 0, hour.load) })),
});
operatorLaws("horizon(2)", {
  operator: () => horizon<(typeof samples)[number]>(2),
  items: samples,
  expected: (all) =>
    all.slice(0, -2).map(({ x }, i) => ({ x, y: Float64Array.of(all[i + 1]!.y, all[i + 2]!.y) })),
});

test("windowed() and horizon() equal slices of the whole, whatever size, width and length", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, size, fc.integer({ min: 0, max: 40 }), (n, h, width, length) => {
      const all = Array.from({ length }, (_, t) => ({
        x: Array.from({ length: width }, (_, j) => 100 * t + j),
        y: [t, -t],
      }));
      const { items } = gather(from(all).pipe(windowed(n), horizon(h)));
      const flat = (rows: number[][]) => rows.flat();
      const expected = all.slice(n - 1, Math.max(n - 1, length - h)).map((_, i) => ({
        x: flat(all.slice(i, i + n).map(({ x }) => x)),
        y: flat(all.slice(i + n, i + n + h).map(({ y }) => y)),
      }));
      expect(items.map(({ x, y }) => ({ x: [...x], y: [...y] }))).toEqual(expected);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("windowed() gives windows that stay as they are, and touches no item", () => {
  const before = structuredClone(samples);
  const { items } = gather(from(samples).pipe(windowed(2)));
  const seen = items.map(({ x }) => [...x]);
  items[0]!.x.fill(77);
  expect(items.slice(1).map(({ x }) => [...x])).toEqual(seen.slice(1));
  expect(samples).toEqual(before);
});

test("windowed() makes samples that minibatch takes, time-major", async () => {
  const [batch] = await lastValueFrom(from(samples).pipe(windowed(3), minibatch(4), toArray()));
  expect([batch!.x.rows, batch!.x.cols]).toEqual([4, 6]);
  expect([...batch!.x.data.subarray(0, 6)]).toEqual([0, 3, 1, 1, 2, 4]);
});

test("windowed(), horizon() and lastRows() are an error on rows that differ in width, and on what is no row", () => {
  const ragged = [{ x: [1, 2] }, { x: [1] }];
  expect(gather(from(ragged).pipe(windowed(2))).error).toBe(
    "lastRows() expects rows of 2 numbers, as before, got 1",
  );
  const none = { y: 1 } as unknown as { x: number[]; y: number };
  expect(gather(of(none).pipe(windowed(2))).error).toBe(
    "windowed() expects an array of numbers as x (see the option `of`), got undefined",
  );
  const nothing = { x: [1] } as unknown as { y: number };
  expect(gather(of(nothing).pipe(horizon(2))).error).toBe(
    "horizon() expects a number or numbers as y (see the option `of`), got undefined",
  );
  const rows = lastRows(2);
  const state = rows.step(rows.init(), [1, 2]);
  expect(() => rows.step(state, [1])).toThrow("rows of 2 numbers");
  expect([...rows.read(state)]).toEqual([0, 0, 1, 2]);
});

test("windowed(), horizon(), withLags() and lag() refuse options that mean nothing", () => {
  expect(() => windowed(0, { of: () => [1] })).toThrow("a whole number of at least 1 as size, got 0");
  expect(() => windowed(2, { warmUp: "drop" as "pad", of: () => [1] })).toThrow(
    '"wait" or "pad" as warmUp, got drop',
  );
  expect(() => windowed(2, { padding: 1 } as object)).toThrow(
    "windowed() expects options named of, warmUp, live, got padding",
  );
  expect(() => horizon(1.5, { of: () => 1 })).toThrow(
    "horizon() expects a whole number of at least 1 as h, got 1.5",
  );
  expect(() => lag(0)).toThrow("lag() expects a whole number of at least 1 as n, got 0");
  expect(() => withLags({ now: 0 }, { of: load })).toThrow("at least 1 as n, got 0");
  expect(() => withLags({ one: 1 }, {} as { of: (hour: Hour) => number })).toThrow(
    "withLags() expects a function of an item as of, got undefined",
  );
});

test("withLags() is an error on a field that is there already, and on what is no object", () => {
  expect(gather(from(hours).pipe(withLags({ id: 1 }, { of: load }))).error).toBe(
    "withLags() expects names that the items do not have, got id",
  );
  expect(gather(of(3).pipe(withLags({ one: 1 }, { of: (x) => x }))).error).toBe(
    "withLags() expects objects as items, got 3",
  );
});

test("withLags() takes undefined as what is missing, when it is said", () => {
  const { items } = gather(from(hours).pipe(withLags({ one: 1 }, { of: load, missing: undefined })));
  expect(items.map(({ one }) => one)).toEqual([undefined, 3, 1, 4, 1, 5]);
});

test("withLags() and windowed() take a subscriber that pushes the next item", () => {
  const hours$ = new Subject<Hour>();
  const seen: number[][] = [];
  hours$
    .pipe(withLags({ one: 1 }, { of: load }), windowed(2, { of: ({ load, one }) => [load, one] }))
    .subscribe(({ id, x }) => {
      seen.push([...x]);
      if (id === 2) hours$.next({ id: 3, load: 40 });
    });
  for (const [id, load] of [10, 20, 30].entries()) hours$.next({ id, load });
  expect(seen).toEqual([
    [20, 10, 30, 20],
    [30, 20, 40, 30],
  ]);
});

test("lag() joins by name in withFolds, and says by its type what may be missing", () => {
  const known$ = from(hours).pipe(
    withFolds({ before: lag(1, { of: load, missing: 0 }), last: lag([1, 2], { of: load }) }),
    map(({ before, last }) => ({ before, last })),
  );
  expectTypeOf(known$).toEqualTypeOf<Observable<{ before: number; last: (number | undefined)[] }>>();
  expect(gather(known$).items.slice(0, 3)).toEqual([
    { before: 0, last: [undefined, undefined] },
    { before: 3, last: [3, undefined] },
    { before: 1, last: [1, 3] },
  ]);
  const lagged$ = from(hours).pipe(
    withLags({ one: 1 }, { of: load }),
    map(({ one }) => one),
  );
  expectTypeOf(lagged$).toEqualTypeOf<Observable<number>>();
  expect(gather(from([1, 2, 3]).pipe(fold(lag(2)))).items).toEqual([undefined, undefined, 1]);
});
