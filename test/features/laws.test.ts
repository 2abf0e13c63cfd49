import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendar } from "../../src/features/calendar.ts";
import { category } from "../../src/features/category.ts";
import { categoryIndex } from "../../src/features/categoryIndex.ts";
import { cyclical } from "../../src/features/cyclical.ts";
import type { Missing } from "../../src/features/defineField.ts";
import type { Field } from "../../src/features/field.ts";
import { flag } from "../../src/features/flag.ts";
import { hashedWords } from "../../src/features/hashedWords.ts";
import { numeric } from "../../src/features/numeric.ts";
import { tags } from "../../src/features/tags.ts";

type Narrow = Exclude<Missing, "mean">;

/** Every field, under a policy, and values that it is for. */
const fields: Readonly<Record<string, readonly [(missing: never) => Field<never>, fc.Arbitrary<unknown>]>> = {
  numeric: [(missing: Missing) => numeric({ missing }), fc.double({ noNaN: true, noDefaultInfinity: true })],
  flag: [(missing: Missing) => flag({ missing }), fc.boolean()],
  cyclical: [
    (missing: Missing) => cyclical(7, { missing }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ],
  calendar: [(missing: Missing) => calendar({ missing }), fc.date({ noInvalidDate: true })],
  "category by list": [(missing: Missing) => category({ vocabulary: ["a", 1], missing }), fc.string()],
  "category by capacity": [
    (missing: Missing) => category({ capacity: 3, missing }),
    fc.string({ maxLength: 1 }),
  ],
  "category by hash": [(missing: Missing) => category({ buckets: 5, missing }), fc.string()],
  categoryIndex: [(missing: Narrow) => categoryIndex({ buckets: 5, missing }), fc.string()],
  "categoryIndex by capacity": [
    (missing: Narrow) => categoryIndex({ capacity: 3, missing }),
    fc.string({ maxLength: 1 }),
  ],
  "tags by capacity": [
    (missing: Missing) => tags({ capacity: 3, missing }),
    fc.array(fc.string({ maxLength: 1 })),
  ],
  "tags by hash": [(missing: Missing) => tags({ buckets: 5, missing }), fc.array(fc.string())],
  hashedWords: [
    (missing: Narrow) => hashedWords(50, { missing, ngrams: 2 }),
    fc.string({ unit: "grapheme" }),
  ],
};

const none = fc.constantFrom<unknown>(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, () => 1, {});
const policies: readonly Missing[] = ["zero", "mean", "last", "indicator", "reject"];

/** The columns that a value becomes. */
const written = (field: Field<never>, state: unknown, value: unknown): number[] => {
  const row = Array.from({ length: field.width }, () => 0);
  field.write(state, value, (column, v) => {
    expect(row[column]).toBeTypeOf("number");
    row[column]! += v;
  });
  return row;
};

const stepped = (field: Field<never>, state: unknown, value: unknown): void => {
  field.admit?.(state, value, (column) => {
    expect(column).toSatisfy((j: number) => j >= 0 && j < field.width);
  });
  field.learn?.(state, value);
};

describe.each(Object.entries(fields))("%s obeys the laws of fields:", (name, [make, value]) => {
  const averages = !/^(categoryIndex|hashedWords)/.test(name);
  const possible = policies.filter((policy) => averages || policy !== "mean");
  const made = possible.map((policy) => [policy, make(policy as never)] as const);
  const some = fc.array(fc.oneof(value, none), { maxLength: 20 });

  test.each(made)(
    "%s: writes finite numbers into its columns, purely, and has a name for each",
    (_, field) => {
      fc.assert(
        fc.property(some, (values) => {
          const state = field.init();
          for (const one of values.filter(field.accepts)) {
            stepped(field, state, one);
            const before = JSON.stringify(state);
            const row = written(field, state, one);
            expect(row.every(Number.isFinite)).toBe(true);
            expect(written(field, state, one)).toEqual(row);
            expect(JSON.stringify(state)).toBe(before);
            expect(new Set(field.names("f", state)).size).toBe(field.width);
          }
        }),
        { seed: 1, numRuns: 60 },
      );
    },
  );

  test.each(made)("%s: goes on from JSON", (_, field) => {
    fc.assert(
      fc.property(some, some, (first, second) => {
        const state = field.init();
        for (const one of first) stepped(field, state, one);
        const resumed: unknown = JSON.parse(JSON.stringify(state));
        for (const one of second) {
          stepped(field, state, one);
          stepped(field, resumed, one);
          if (field.accepts(one)) expect(written(field, resumed, one)).toEqual(written(field, state, one));
        }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  if (!averages)
    test("no mean: it is refused", () => {
      expect(() => make("mean" as never)).toThrow("expects one of zero, last, indicator, reject as missing");
    });

  test("its policies differ in what is missing alone", () => {
    fc.assert(
      fc.property(some, value, (values, one) => {
        const rows = made.map(([, field]) => {
          const state = field.init();
          for (const each of [...values, one]) stepped(field, state, each);
          return [written(field, state, one), written(field, state, null), field] as const;
        });
        const [zero] = rows[0]!;
        for (const [row] of rows) expect(row.slice(0, zero.length)).toEqual(zero);
        for (const [i, policy] of possible.entries()) {
          const [row, gap, field] = rows[i]!;
          if (policy === "zero") expect(gap.every((v) => v === 0)).toBe(true);
          if (policy === "last") expect(gap).toEqual(row);
          if (policy === "indicator") expect([row.at(-1), gap.at(-1)]).toEqual([0, 1]);
          expect(field.accepts(null)).toBe(policy !== "reject");
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});
