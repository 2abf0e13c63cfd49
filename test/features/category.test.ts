import { expect, it } from "vitest";
import { category } from "../../src/features/category.ts";
import { categoryIndex } from "../../src/features/categoryIndex.ts";
import { features } from "../../src/features/features.ts";
import { murmurHash3 } from "../../src/features/murmurHash3.ts";
import { numeric } from "../../src/features/numeric.ts";
import { tags } from "../../src/features/tags.ts";

interface Event {
  readonly a: string | number | boolean | null;
}
interface Tagged {
  readonly tags?: readonly string[] | null;
}

it("category({ vocabulary }) has a column for each, and one for all others", () => {
  const schema = features<Event>()({ a: category({ vocabulary: ["x", 7, true] }) });
  const row = (a: Event["a"]) => [...schema.encode(schema.init(), { a })];
  expect(schema.names()).toEqual(["a=x", "a=7", "a=true", "a:other"]);
  expect(row("x")).toEqual([1, 0, 0, 0]);
  expect(row(7)).toEqual([0, 1, 0, 0]);
  expect(row("7")).toEqual([0, 1, 0, 0]);
  expect(row(true)).toEqual([0, 0, 1, 0]);
  expect(row("new")).toEqual([0, 0, 0, 1]);
  expect(row(null)).toEqual([0, 0, 0, 0]);
});

it("category({ buckets }) hashes", () => {
  const schema = features<Event>()({ a: category({ buckets: 10 }) });
  for (const a of ["SFO", "żółć", "__proto__", 12]) {
    const row = schema.encode(schema.init(), { a });
    expect(row.indexOf(1)).toBe(murmurHash3(String(a)) % 10);
    expect(row.reduce((s, v) => s + v)).toBe(1);
  }
});

it("category({ capacity }) gives columns to those that come, and tells which are renewed", () => {
  const schema = features<Event>()({ a: category({ capacity: 2 }) });
  let state = schema.init();
  const told: unknown[] = [];
  for (const a of ["x", "y", "x", null, "z", "x", "y"]) {
    state = schema.step(state, { a });
    told.push([a, [...state.renewed], [...schema.encode(state, { a })]]);
  }
  expect(told).toEqual([
    ["x", [0], [1, 0, 0]],
    ["y", [1], [0, 1, 0]],
    ["x", [], [1, 0, 0]],
    [null, [], [0, 0, 0]],
    ["z", [1], [0, 1, 0]], // y did not come for the longest time
    ["x", [], [1, 0, 0]],
    ["y", [1], [0, 1, 0]], // and now z
  ]);
  expect([...schema.encode(state, { a: "z" })]).toEqual([0, 0, 1]);
  expect(schema.names(state)).toEqual(["a=x", "a=y", "a:other"]);
});

it.each(["__proto__", "constructor", "toString", "hasOwnProperty", ""])(
  "category() takes %j as a category like others",
  (a) => {
    const schema = features<Event>()({ a: category({ capacity: 3 }) });
    const state = JSON.parse(JSON.stringify(schema.step(schema.init(), { a }))) as ReturnType<
      typeof schema.init
    >;
    expect([...schema.encode(state, { a })]).toEqual([1, 0, 0, 0]);
    expect([...schema.encode(state, { a: "valueOf" })]).toEqual([0, 0, 0, 1]);
    const listed = features<Event>()({ a: category({ vocabulary: ["b"] }) });
    expect([...listed.encode(listed.init(), { a })]).toEqual([0, 1]);
  },
);

it("category({ capacity }) keeps no more than its capacity, whatever comes", () => {
  const schema = features<Event>()({ a: category({ capacity: 50, missing: "mean" }) });
  let state = schema.init();
  for (let i = 0; i < 2000; i++) state = schema.step(state, { a: `${i}`.repeat(300) });
  expect(JSON.stringify(state).length).toBeLessThan(50 * 200);
});

it("category() under mean stands in with shares, and a renewed column starts anew", () => {
  const schema = features<Event>()({ a: category({ capacity: 2, missing: "mean" }) });
  let state = schema.init();
  for (const a of ["x", "x", "y", "x"]) state = schema.step(state, { a });
  expect([...schema.encode(state, { a: null })]).toEqual([0.75, 0.25, 0]);
  state = schema.step(state, { a: "z" });
  const [x, z, other] = schema.encode(state, { a: null });
  expect(x).toBeCloseTo(0.6);
  expect(z).toBeCloseTo(0.2);
  expect(other).toBe(0);
});

it("category() refuses options that are not of one kind", () => {
  // @ts-expect-error none
  expect(() => category({})).toThrow(
    "category() expects one of buckets, vocabulary, capacity, got none of them",
  );
  expect(() => category({ buckets: 2, capacity: 2 })).toThrow("got buckets and capacity");
  expect(() => category({ vocabulary: [] })).toThrow("categories in vocabulary");
  expect(() => category({ vocabulary: ["a", "a"] })).toThrow("a vocabulary of different");
  expect(() => category({ capacity: 0 })).toThrow("at least 1 as capacity");
});

it("categoryIndex() gives an index below size, 0 for what has none", () => {
  const field = categoryIndex({ vocabulary: ["x", "y"] });
  const schema = features<Event>()({ a: field });
  const at = (a: Event["a"]) => schema.encode(schema.init(), { a })[0];
  expect([field.size, field.width]).toEqual([3, 1]);
  expect([at("x"), at("y"), at("z"), at(null)]).toEqual([1, 2, 0, 0]);
  const hashed = categoryIndex({ buckets: 5 });
  const other = features<Event>()({ a: hashed });
  expect(hashed.size).toBe(6);
  expect(other.encode(other.init(), { a: "x" })[0]).toBe(1 + (murmurHash3("x") % 5));
});

it("categoryIndex({ capacity }) gives indices to those that come, and tells which are renewed", () => {
  const field = categoryIndex({ capacity: 2 });
  const schema = features<Event & { readonly n: number }>()({ n: numeric(), a: field });
  expect(field.size).toBe(3);
  const state = schema.init();
  const told = ["x", "y", "x", "z", null].map((a) => {
    schema.step(state, { n: 5, a });
    return [schema.encode(state, { n: 5, a })[1], state.renewed, state.renewedIndices];
  });
  expect(told).toEqual([
    [1, [], [{ column: 1, index: 1 }]],
    [2, [], [{ column: 1, index: 2 }]],
    [1, [], []],
    [2, [], [{ column: 1, index: 2 }]],
    [0, [], []],
  ]);
  expect(schema.encode(state, { n: 5, a: "y" })[1]).toBe(0);
});

it("tags() is multi-hot, counts each once, and passes over what is none", () => {
  const schema = features<Tagged>()({ tags: tags({ vocabulary: ["a", "b"], maxTags: 5 }) });
  const row = (list: unknown) => [...schema.encode(schema.init(), { tags: list as string[] })];
  expect(row(["b", "b", "?", "!"])).toEqual([0, 1, 1]);
  expect(row([])).toEqual([0, 0, 0]);
  expect(row([null, {}, Number.NaN, "a"])).toEqual([1, 0, 0]);
  expect(row(["1", "2", "3", "4", "5", "a"])).toEqual([0, 0, 1]);
  expect(row("a")).toEqual([0, 0, 0]);
});

it("tags({ capacity }) learns its columns, and tells each that is renewed", () => {
  const schema = features<Tagged>()({ tags: tags({ capacity: 3 }) });
  const state = schema.step(schema.init(), { tags: ["p", "q"] });
  expect(state.renewed).toEqual([0, 1]);
  expect(schema.step(state, { tags: ["q", "r", "s"] }).renewed).toEqual([2, 0]);
  expect(schema.names(state)).toEqual(["tags=s", "tags=q", "tags=r", "tags:other"]);
});
