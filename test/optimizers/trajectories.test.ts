import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { vector } from "../../src/math/vector.ts";
import { accumulate } from "../../src/optimizers/accumulate.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { clipByGlobalNorm } from "../../src/optimizers/clipByGlobalNorm.ts";
import { clipByValue } from "../../src/optimizers/clipByValue.ts";
import { inOrder } from "../../src/optimizers/inOrder.ts";
import { l1 } from "../../src/optimizers/l1.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { weightDecay } from "../../src/optimizers/weightDecay.ts";
import { rules } from "./members.ts";

interface Fixtures {
  start: number[];
  gradients: number[][];
  rules: { rule: string; args: unknown[]; path: number[][] }[];
  composed: Record<string, number[][]>;
}

const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/rules.json", import.meta.url), "utf8"),
);

/** The weights after each step of the 30. */
const pathOf = (rule: Rule): number[][] => {
  const w = vector(fixtures.start);
  const state = rule.init(w);
  return fixtures.gradients.map((g) => {
    const step = rule.update(vector(g), state, w);
    for (let i = 0; i < w.data.length; i++) w.data[i]! -= step.data[i]!;
    return Array.from(w.data);
  });
};

const expectPath = (actual: number[][], expected: number[][]) => {
  expect(actual.length).toBe(expected.length);
  const distance = Math.max(...actual.flatMap((w, t) => w.map((wi, i) => Math.abs(wi - expected[t]![i]!))));
  expect(distance).toBeLessThan(1e-10);
};

const make = (name: string, args: unknown[]): Rule => rules[name]!(...(args as never[]));

test.each(
  fixtures.rules.map(({ rule, args, path }) => [make(rule, args).source, make(rule, args), path] as const),
)("%s goes the way of the reference", (_, rule, path) => expectPath(pathOf(rule), path));

const composed: Rule[] = [
  inOrder(clipByGlobalNorm(1), sgd(0.1)),
  inOrder(clipByGlobalNorm(0.5), adam(0.01)),
  inOrder(clipByValue(0.5), sgd(0.1)),
  inOrder(weightDecay(0.1), sgd(0.1)),
  inOrder(l1(0.1), sgd(0.1)),
  inOrder(clipByGlobalNorm(1), weightDecay(0.1), adam(0.01)),
  accumulate(4, adam(0.05)),
  accumulate(4, sgd(0.05, { momentum: 0.9 })),
];

test.each(composed.map((rule) => [rule.source, rule] as const))(
  "%s goes the way of the reference",
  (source, rule) => expectPath(pathOf(rule), fixtures.composed[source]!),
);

test("every composition of the fixtures is tested", () => {
  expect(composed.map(({ source }) => source).sort()).toEqual(Object.keys(fixtures.composed).sort());
});
