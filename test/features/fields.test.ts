import { expect, it } from "vitest";
import { calendar } from "../../src/features/calendar.ts";
import { cyclical } from "../../src/features/cyclical.ts";
import type { Field } from "../../src/features/field.ts";
import { flag } from "../../src/features/flag.ts";
import { numeric } from "../../src/features/numeric.ts";

/** What a field writes after it has learned some values. */
const written = <S>(field: Field<never, S>, value: unknown, learned: readonly unknown[] = []): number[] => {
  const state = field.init();
  for (const one of learned) {
    field.admit?.(state, one, () => {});
    field.learn?.(state, one);
  }
  const row = Array.from({ length: field.width }, () => 0);
  field.write(state, value, (column, v) => {
    row[column]! += v;
  });
  return row;
};

const turn = (share: number) => [Math.sin(2 * Math.PI * share), Math.cos(2 * Math.PI * share)];
const close = (a: readonly number[], b: readonly number[]) => {
  expect(a.length).toBe(b.length);
  a.forEach((v, j) => {
    expect(v).toBeCloseTo(b[j]!, 12);
  });
};

it("numeric() writes the number, and takes what is no finite number as missing", () => {
  expect(written(numeric(), 2.5)).toEqual([2.5]);
  for (const none of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, "7", true, {}, [3]])
    expect(written(numeric(), none)).toEqual([0]);
});

it("numeric() has five policies for missing values", () => {
  const seen = [1, 5, null, Number.NaN];
  expect(written(numeric({ missing: "zero" }), null, seen)).toEqual([0]);
  expect(written(numeric({ missing: "mean" }), null, seen)).toEqual([3]);
  expect(written(numeric({ missing: "last" }), null, seen)).toEqual([5]);
  expect(written(numeric({ missing: "indicator" }), null, seen)).toEqual([0, 1]);
  expect(written(numeric({ missing: "indicator" }), 0, seen)).toEqual([0, 0]);
  expect(numeric({ missing: "reject" }).accepts(null)).toBe(false);
  expect(numeric({ missing: "reject" }).accepts(0)).toBe(true);
  for (const missing of ["mean", "last"] as const) expect(written(numeric({ missing }), null)).toEqual([0]);
});

it("numeric() keeps a mean that does not overflow", () => {
  const mean = written(numeric({ missing: "mean" }), null, [1e308, 1.7e308, -1.7e308, 1e308]);
  expect(mean[0]! / 1e308).toBeCloseTo(0.5, 10);
});

it("numeric() refuses policies and options that are none", () => {
  // @ts-expect-error no policy
  expect(() => numeric({ missing: "median" })).toThrow(
    'numeric() expects one of zero, mean, last, indicator, reject as missing, got "median"',
  );
  // @ts-expect-error misspelt
  expect(() => numeric({ mising: "zero" })).toThrow(
    "numeric() expects options named missing, min, max, got mising",
  );
});

it("numeric({ min, max }) takes what lies outside for missing, so that no wild value is in the mean for good", () => {
  const within = numeric({ missing: "mean", min: -1, max: 1 });
  expect(written(within, null, [1e308, 0.5, -7, -1])).toEqual([-0.25]);
  expect(written(within, 1)).toEqual([1]);
  expect(numeric({ missing: "reject", max: 1 }).accepts(1.5)).toBe(false);
  expect(numeric({ min: 0, max: 1 }).expects).toBe("a finite number from 0 to 1");
  expect(() => numeric({ min: 1, max: 0 })).toThrow("numeric() expects a min below max, got 1 and 0");
});

it("flag() writes 1 for true, and its mean is a share", () => {
  expect([written(flag(), true), written(flag(), false), written(flag(), 1)]).toEqual([[1], [0], [0]]);
  expect(written(flag({ missing: "mean" }), null, [true, true, false, true])).toEqual([0.75]);
});

it("cyclical() puts the end beside the start", () => {
  close(written(cyclical(24), 6), turn(0.25));
  close(written(cyclical(24), 30), turn(0.25));
  close(written(cyclical(24), -18), turn(0.25));
  expect(written(cyclical(1e-300), 1e308).every(Number.isFinite)).toBe(true);
  expect(() => cyclical(0)).toThrow("as period, got 0");
});

it("calendar() tells the position in the day, the week and the year, and weekends", () => {
  const saturday = Date.UTC(2024, 1, 3, 18);
  close(written(calendar(), new Date(saturday)), [
    ...turn(18 / 24),
    ...turn(6.75 / 7),
    ...turn((31 + 2 + 0.75) / 365.2425),
    1,
  ]);
  expect(written(calendar(), saturday)).toEqual(written(calendar(), new Date(saturday)));
});

it("calendar() agrees with Date, before 1970 too", () => {
  const parts = ["weekend", "hour"] as const;
  for (let i = -2000; i < 2000; i++) {
    const date = new Date(i * 40_000_000_123);
    const hour = (date.getTime() - new Date(date).setUTCHours(0, 0, 0, 0)) / 3_600_000;
    const weekend = date.getUTCDay() % 6 === 0 ? 1 : 0;
    close(written(calendar({ parts }), date), [weekend, ...turn(hour / 24)]);
    const [sin, cos] = written(calendar({ parts: ["yearday"] }), date);
    const position = (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 / 365.2425;
    if (date.getUTCFullYear() > 99) close([sin!, cos!], turn(position));
  }
});

it("calendar() reads the clock of an offset", () => {
  const late = Date.UTC(2024, 0, 5, 23, 30); // a Friday, in London
  expect(written(calendar({ parts: ["weekend"], offset: 60 }), late)).toEqual([1]);
  expect(written(calendar({ parts: ["weekend"] }), late)).toEqual([0]);
});

it("calendar() takes dates that are none as missing, and is finite at the ends of time", () => {
  expect(written(calendar({ missing: "indicator" }), new Date(Number.NaN))).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  for (const t of [8.64e15, -8.64e15, 8.6e15, -8.6e15, 1e308])
    expect(written(calendar({ offset: t > 0 ? 1440 : -1440 }), t).every(Number.isFinite)).toBe(true);
  // @ts-expect-error no part
  expect(() => calendar({ parts: ["minute"] })).toThrow(
    "calendar() expects parts among hour, weekday, yearday",
  );
});
