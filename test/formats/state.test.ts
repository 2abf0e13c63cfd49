import fc from "fast-check";
import { vector } from "rxgrad";
import { expect, it } from "vitest";
import { decodeState } from "../../src/formats/decodeState.ts";
import { encodeState } from "../../src/formats/encodeState.ts";
import { checkState, putState } from "../../src/formats/putState.ts";

const through = (state: unknown): unknown => {
  const { json, pools } = encodeState("save()", state);
  return decodeState("load()", json, pools);
};

const leaf = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, true),
  fc.string(),
  fc.bigInt(),
  fc.array(fc.double()),
  fc.float32Array(),
  fc.uint32Array(),
  fc.bigUint64Array(),
  fc.date({ noInvalidDate: false }),
);
const { state } = fc.letrec((tie) => ({
  state: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("state")),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "$map", "constructor", "1")),
      tie("state"),
    ),
    fc.array(fc.tuple(tie("state"), tie("state"))).map((entries) => new Map(entries)),
    fc.array(tie("state")).map((items) => new Set(items)),
  ),
}));

it("decodeState() reads back what encodeState() has written", () => {
  fc.assert(
    fc.property(state, (value) => {
      const plain = structuredClone(value); // dictionaries of fast-check may have no prototype
      expect(through(value)).toEqual(plain);
    }),
    { seed: 1, numRuns: 500 },
  );
});

it("decodeState() makes fields of names that would reach a prototype", () => {
  const state = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  const read = through(state) as object;
  expect(Object.keys(read)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  putState({ constructor: {} }, read);
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

it.each([
  ["a function", { f: () => 1 }, "the function f, which is to be called at state.f"],
  ["an instance of a class", [new (class Own {})()], "Own at state.0"],
  ["a symbol", Symbol("a"), "plain data"],
  ["memory without a type", new ArrayBuffer(8), "ArrayBuffer"],
])("encodeState() refuses %s", (_, value, message) => {
  expect(() => encodeState("save()", value)).toThrow(message);
});

it("encodeState() refuses a cycle", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => encodeState("save()", cycle)).toThrow("at most 100 levels, and no cycles");
});

const pool = (length: number) => new Map([["F64", new Float64Array(length)]]);
it.each([
  ["more numbers than there are", '{"$F64":3}', pool(2), "at most 2 more numbers"],
  ["the same numbers twice", '[{"$F64":2},{"$numbers":2}]', pool(2), "at most 0 more numbers"],
  ["numbers that nobody names", '{"$F64":1}', pool(2), "2 numbers of type F64 to be named"],
  ["a length that is none", '{"$F64":-1}', pool(2), "at most 2 more"],
  ["numbers of no tensor", '{"$F32":1}', pool(0), "what encodeState() writes"],
  ["an unknown word", '{"$call":"f"}', pool(0), "what encodeState() writes"],
  ["a word among fields", '{"$map":[],"a":1}', pool(0), "no fields that begin with $"],
  ["a key without a value", '{"$map":[[1]]}', pool(0), "pairs as entries"],
  ["a field twice", '{"$object":[["a",1],["a",2]]}', pool(0), "different names"],
  ["a key twice", '{"a":1,"a":2}', pool(0), '"a" twice'],
  ["a number of another name", '{"$number":"1"}', pool(0), "as $number"],
  ["a bigint without end", `{"$bigint":"${"9".repeat(1001)}"}`, pool(0), "up to 1000 digits"],
  ["deep nesting", `${"[".repeat(1e6)}`, pool(0), "levels"],
])("decodeState() refuses %s", (_, json, pools, message) => {
  expect(() => decodeState("load()", json, pools)).toThrow(message);
});

it("putState() changes objects, lists, maps and vectors in place", () => {
  const m = vector([1, 2]);
  const live = { m, list: [{ a: 1 }], map: new Map([["x", 1]]), gone: 1, count: 0 };
  const { list, map } = live;
  const [first] = list;
  const saved = { m: Float64Array.of(3, 4), list: [{ a: 2 }, { a: 3 }], map: new Map([["y", 2]]), count: 5 };
  expect(putState(live, saved)).toBe(live);
  expect(live.m).toBe(m);
  expect([...m.data]).toEqual([3, 4]);
  expect(live.list).toBe(list);
  expect(live.list[0]).toBe(first);
  expect(live.map).toBe(map);
  expect(live).toEqual({ m, list: [{ a: 2 }, { a: 3 }], map: new Map([["y", 2]]), count: 5 });
});

it("putState() does not write through the name __proto__", () => {
  const live = {};
  putState(live, JSON.parse('{"__proto__":{"polluted":true}}'));
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
  expect(Object.keys(live)).toEqual(["__proto__"]);
});

it.each([
  ["a vector of another length", vector([1, 2]), Float64Array.of(1), "numbers of type F64 as a"],
  ["a vector of another type", vector([1, 2]), Float32Array.of(1, 2), "got numbers of type F32"],
  ["nothing for a vector", { m: vector([1]) }, { m: undefined }, "a.m"],
  ["nothing for what holds one", { inner: { m: vector([1]) } }, { inner: null }, "a.inner"],
  ["fewer rules than there are", [{ m: vector([1]) }], [], "a list as a"],
  ["another kind of value", { count: 1 }, { count: "1" }, "a number as a.count, got a string"],
  ["a missing field", { count: 1 }, {}, "a.count"],
  ["a list for a record", {}, [], "a value of type Object as a, got a list"],
  ["nothing at all", {}, undefined, "got a undefined"],
])("checkState() refuses %s", (_, live, saved, message) => {
  expect(() => checkState("load()", "a", live, saved)).toThrow(message);
});
