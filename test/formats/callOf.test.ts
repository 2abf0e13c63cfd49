import { expect, it } from "vitest";
import { callOf } from "../../src/formats/callOf.ts";

it("callOf() reads what layers print as", () => {
  expect(callOf("test", 'dense(2, 8, { activation: gelu({ approximate: "tanh" }), bias: false })')).toEqual({
    name: "dense",
    args: [2, 8],
    options: {
      activation: { name: "gelu", args: [], options: { approximate: "tanh" } },
      bias: false,
    },
  });
  expect(callOf("test", "elu(1e-7)").args).toEqual([1e-7]);
  expect(callOf("test", "leakyRelu(-0.5)").args).toEqual([-0.5]);
});

it.each([
  "",
  "dense",
  "dense(",
  "dense(2,",
  "dense(2))",
  "(2)",
  "a(1-)",
  "a({ b })",
  "a({ b: })",
  "own layer()",
  "a(…)",
  "3(2)",
])("callOf() refuses %j", (source) => {
  expect(() => callOf("test", source)).toThrow("test expects layers that print as a call");
});
