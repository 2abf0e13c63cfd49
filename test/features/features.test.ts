import fc from "fast-check";
import { chain, dense, model, sparse } from "rxgrad";
import { expect, it } from "vitest";
import { calendar } from "../../src/features/calendar.ts";
import { category } from "../../src/features/category.ts";
import { categoryIndex } from "../../src/features/categoryIndex.ts";
import { cyclical } from "../../src/features/cyclical.ts";
import type { Missing } from "../../src/features/defineField.ts";
import { defineField } from "../../src/features/defineField.ts";
import { features } from "../../src/features/features.ts";
import { flag } from "../../src/features/flag.ts";
import { hashedWords } from "../../src/features/hashedWords.ts";
import { numeric } from "../../src/features/numeric.ts";
import type { Schema } from "../../src/features/schema.ts";
import { tags } from "../../src/features/tags.ts";
import { isInvalidInput } from "../../src/math/invalid.ts";
import { isSparse } from "../../src/math/sparse.ts";

interface Flight {
  readonly distance?: number | null;
  readonly delayed?: boolean | null;
  readonly origin?: string | null;
  readonly carrier?: string | null;
  readonly hour?: number | null;
  readonly when?: Date | number | null;
  readonly tags?: readonly string[] | null;
  readonly text?: string | null;
}

const policies = ["zero", "mean", "last", "indicator"] as const satisfies readonly Missing[];

const flights = (missing: (typeof policies)[number]) =>
  features<Flight>()({
    distance: numeric({ missing }),
    delayed: flag({ missing }),
    origin: category({ capacity: 4, missing }),
    carrier: category({ vocabulary: ["AA", "__proto__"], missing }),
    hour: cyclical(24, { missing }),
    when: calendar({ missing }),
    tags: tags({ capacity: 5, missing }),
  });

const wide = features<Flight>()({
  distance: numeric(),
  origin: category({ buckets: 2 ** 16, sparse: true }),
  text: hashedWords(2 ** 18, { missing: "last" }),
});

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e308,
    -1e308,
    -0,
    "__proto__",
    "constructor",
    "AA",
    true,
    {},
    [],
    () => 1,
    Symbol.iterator,
    10n,
  ),
  fc.double(),
  fc.string(),
  fc.date({ noInvalidDate: false }),
  fc.array(fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom<unknown>("__proto__", null, 1, {})), {
    maxLength: 8,
  }),
);
const keys = [
  "distance",
  "delayed",
  "origin",
  "carrier",
  "hour",
  "when",
  "tags",
  "text",
  "constructor",
  "__proto__",
];
const event = fc
  .array(fc.tuple(fc.constantFrom(...keys), odd), { maxLength: 12 })
  .map((entries) => entries.filter(([key]) => key !== "__proto__" || entries.length % 2 > 0))
  .map((entries) => Object.fromEntries(entries) as Flight); // fromEntries makes even __proto__ a property of its own
const events = fc.array(event, { minLength: 1, maxLength: 30 });

it.each(policies)("features() never throws and gives finite numbers, whatever comes, under %j", (missing) => {
  const schema = flights(missing);
  fc.assert(
    fc.property(events, (list) => {
      let state = schema.init();
      for (const one of list) {
        const before = JSON.stringify(state);
        const row = schema.encode(state, one);
        expect(row).toHaveLength(schema.width);
        expect(row.every(Number.isFinite)).toBe(true);
        expect(schema.encode(state, one)).toEqual(row);
        expect(JSON.stringify(state)).toBe(before); // encode is pure
        state = schema.step(state, one);
        expect(schema.names(state)).toHaveLength(schema.width);
        expect(schema.encode(state, one).every(Number.isFinite)).toBe(true);
      }
    }),
    { seed: 2, numRuns: 150 },
  );
});

it("features() never throws and gives finite numbers in sparse rows, whatever comes", () => {
  fc.assert(
    fc.property(events, (list) => {
      let state = wide.init();
      for (const one of list) {
        const row = wide.encode(state, one);
        expect(row.values.every(Number.isFinite)).toBe(true);
        expect(row.indices.every((column) => column >= 0 && column < wide.width)).toBe(true);
        state = wide.step(state, one);
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});

it("features() does not mind the order of an event's properties, nor others that it has", () => {
  fc.assert(
    fc.property(events, fc.constantFrom(...policies), (list, missing) => {
      const schema = flights(missing);
      const turned = (one: Flight) =>
        Object.fromEntries([...Object.entries(one), ["more", 1]].reverse()) as Flight;
      const a = list.reduce(schema.step, schema.init());
      const b = list.map(turned).reduce(schema.step, schema.init());
      expect(b).toEqual(a);
      for (const one of list) expect(schema.encode(b, turned(one))).toEqual(schema.encode(a, one));
    }),
    { seed: 4, numRuns: 100 },
  );
});

it("features() goes on from a state that went through JSON", () => {
  fc.assert(
    fc.property(events, events, fc.constantFrom(...policies), (first, second, missing) => {
      const schema = flights(missing);
      const a = first.reduce(schema.step, schema.init());
      const b = JSON.parse(JSON.stringify(a)) as typeof a;
      const [c, d] = [second.reduce(schema.step, a), second.reduce(schema.step, b)];
      for (const one of [...first, ...second]) expect(schema.encode(d, one)).toEqual(schema.encode(c, one));
    }),
    { seed: 5, numRuns: 100 },
  );
});

it("features() encodes old events as before when other categories come and go", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(..."abcdefg"), { maxLength: 40 }), (list) => {
      const schema = flights("zero");
      let state = schema.init();
      const of = (origin: string): Flight => ({ origin, distance: 3, tags: ["t"] });
      for (const origin of list) {
        const before = [..."abcdefg"].map((one) => schema.encode(state, of(one)));
        state = schema.step(structuredClone(state), of(origin));
        const changed = new Set<number>();
        [..."abcdefg"].forEach((one, i) => {
          const after = schema.encode(state, of(one));
          for (let j = 0; j < schema.width; j++) if (after[j] !== before[i]![j]) changed.add(j);
        });
        const other = schema.names(state).indexOf("origin:other");
        const tagged = schema.names(state).indexOf("tags:other");
        for (const j of changed) expect([...state.renewed, other, tagged]).toContain(j);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

it("features() leaves predictions of old events as they were, bit by bit, when a category appears", () => {
  const schema = features<Flight>()({ distance: numeric(), origin: category({ capacity: 10 }) });
  const net = model(chain(dense(schema.width, 4, { activation: "tanh" }), dense(4, 1)), { seed: 1 });
  const old: Flight[] = [
    { distance: 1, origin: "SFO" },
    { distance: 2, origin: "OAK" },
  ];
  const state = old.reduce(schema.step, schema.init());
  const before = [...net.predict(schema.matrix(state, old)).data];
  schema.step(state, { distance: 9, origin: "JFK" });
  expect([...net.predict(schema.matrix(state, old)).data]).toEqual(before);
});

it("features() tells width, places and names", () => {
  const schema = features<Flight>()({
    distance: numeric({ missing: "indicator" }),
    hour: cyclical(24),
    origin: category({ capacity: 2 }),
  });
  expect(schema.width).toBe(7);
  expect(schema.fields.map(({ name, offset, width }) => [name, offset, width])).toEqual([
    ["distance", 0, 2],
    ["hour", 2, 2],
    ["origin", 4, 3],
  ]);
  const state = schema.step(schema.init(), { origin: "SFO" });
  expect(schema.names(state)).toEqual([
    "distance",
    "distance:missing",
    "hour:sin",
    "hour:cos",
    "origin=SFO",
    "origin:free1",
    "origin:other",
  ]);
  expect(state.renewed).toEqual([4]);
});

it("features() reads an encoding that learns nothing more", () => {
  const schema = features<Flight>()({ origin: category({ capacity: 2 }) });
  const state = schema.step(schema.init(), { origin: "SFO" });
  const reading = schema.read(state);
  schema.step(state, { origin: "OAK" });
  expect([...reading.encode({ origin: "OAK" })]).toEqual([0, 0, 1]);
  expect(reading.names).toEqual(["origin=SFO", "origin:free1", "origin:other"]);
});

it("features() writes into buffers of either precision, at an offset, over what was there", () => {
  const schema = flights("zero");
  const one: Flight = { distance: 2, origin: "SFO", delayed: true };
  const state = schema.step(schema.init(), one);
  for (const data of [
    new Float32Array(schema.width + 5).fill(7),
    new Float64Array(schema.width + 5).fill(7),
  ]) {
    schema.encodeInto(state, one, data, 3);
    expect([...data]).toEqual([7, 7, 7, ...schema.encode(state, one), 7, 7]);
  }
  expect(() => schema.encodeInto(state, one, new Float64Array(3))).toThrow("features() expects room for");
});

it("features() gives matrices, dense or sparse, that a model predicts from", () => {
  const schema = flights("zero");
  const list: Flight[] = [{ distance: 2 }, { origin: "SFO" }];
  const m = schema.matrix(schema.init(), list);
  expect([m.rows, m.cols]).toEqual([2, schema.width]);
  expect([...m.data.subarray(schema.width)]).toEqual([...schema.encode(schema.init(), list[1]!)]);
  const rows = wide.matrix(wide.init(), [{ text: "a b" }, {}, { distance: 1, text: "a" }]);
  expect(isSparse(rows) && [...rows.starts]).toEqual([0, 2, 2, 4]);
  const net = model(chain(dense(wide.width, 1, { sparse: true })), { seed: 1 });
  expect(net.predict(rows).rows).toBe(3);
  const first = wide.encode(wide.init(), { distance: 1, text: "a" });
  const entries = Array.from(first.indices, (column, k) => [column, first.values[k]!] as const);
  expect(net.predict(sparse([entries], wide.width)).data[0]).toBe(net.predict(rows).data[2]);
});

it("features() under reject refuses before anything changes", () => {
  const schema = features<Flight>()({
    origin: category({ capacity: 2 }),
    distance: numeric({ missing: "reject" }),
  });
  const state = schema.init();
  const before = structuredClone(state);
  for (const use of [schema.step, schema.encode, schema.admit, schema.learn]) {
    const refused = () => use(state, { origin: "SFO", distance: "7" as unknown as number });
    expect(refused).toThrow('features() expects a finite number as distance, got "7"');
    expect(refused).toThrow(expect.toSatisfy(isInvalidInput));
  }
  expect(state).toEqual(before);
});

it("features() refuses events that are no objects, and fields that are none", () => {
  const schema = flights("zero");
  for (const none of [null, undefined, 7, "a"])
    expect(() => schema.encode(schema.init(), none as never)).toThrow(
      "features() expects an event, an object",
    );
  expect(() => features<Flight>()({})).toThrow("features() expects fields, got none");
  // @ts-expect-error a function that is yet to be called
  expect(() => features<Flight>()({ distance: numeric })).toThrow("features() expects a field as distance");
});

it("features() looks for properties that all objects have only in the event itself", () => {
  const present = defineField<unknown, unknown, null, false>({
    actor: "present()",
    expects: "anything",
    width: 1,
    wide: false,
    names: (prefix) => [prefix],
    parse: (value) => value,
    init: () => null,
    write: (_, __, put) => put(0, 1),
  });
  const fields = JSON.parse('{ "constructor": 0, "__proto__": 0 }', (_, v) => v || present);
  const schema: Schema<object> = features<object>()(fields);
  const row = (event: object) => {
    const data = new Float64Array(2);
    schema.encodeInto(schema.init(), event, data);
    return [...data];
  };
  expect(schema.names()).toEqual(["constructor", "__proto__"]);
  expect(row({})).toEqual([0, 0]);
  expect(row({ constructor: 1 })).toEqual([1, 0]);
  expect(row(JSON.parse('{ "__proto__": 1 }'))).toEqual([0, 1]);
});

it("features() takes embedding indices among other columns", () => {
  const carrier = categoryIndex({ vocabulary: ["AA", "UA"], missing: "reject" });
  const schema = features<Flight>()({ distance: numeric(), carrier });
  expect([...schema.encode(schema.init(), { distance: 4, carrier: "UA" })]).toEqual([4, 2]);
  expect(() => schema.encode(schema.init(), {})).toThrow("as carrier, got undefined");
});
