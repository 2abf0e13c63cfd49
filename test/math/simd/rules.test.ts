import fc from "fast-check";
import { expect, test } from "vitest";
import { growingVector } from "../../../src/graph/growingVector.ts";
import type { Kernels } from "../../../src/math/kernels.ts";
import { random } from "../../../src/math/random.ts";
import { simd } from "../../../src/math/simd/simd.ts";
import { type Touched, type Vector, vector } from "../../../src/math/vector.ts";
import { descend } from "../../../src/optimizers/descend.ts";
import type { Rule } from "../../../src/optimizers/rule.ts";
import { members } from "../../optimizers/members.ts";
import { kinds } from "./kinds.ts";

/** A vector in the arena: a dense segment of `before` floats, a sparse one of rows × cols, and a dense one. */
const vectorIn = (
  kernels: Kernels,
  [before, rows, cols, after]: readonly number[],
  touched?: Touched,
): Vector => {
  const v = growingVector(kernels);
  v.append("a", 1, before!);
  v.append("e", rows!, cols!, touched);
  v.append("b", 1, after!);
  return v.whole;
};

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 21 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 40 }),
);

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [worst, scale] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
};

/** 40 steps in the arena and in float64: the largest relative distance between the weights. */
const apart = (rule: Rule, kernels: Kernels, shape: readonly number[], seed: number): number => {
  const dice = random(seed);
  const [rows, cols] = [shape[1]!, shape[2]!];
  const touched = { rows: new Int32Array(rows), count: 0 };
  const [w, g] = [vectorIn(kernels, shape), vectorIn(kernels, shape, touched)];
  for (let i = 0; i < w.cols; i++) w.data[i] = dice.normal();
  const exact = vector(w.data, { segments: w.segments });
  const [s, r] = [rule.init(w), rule.init(exact)];
  const steps = w.zeros();
  let worst = 0;
  for (let t = 0; t < 40; t++) {
    g.data.fill(0);
    touched.rows.set(dice.shuffle(Array.from({ length: rows }, (_, i) => i)));
    touched.count = dice.below(rows + 1);
    for (let i = 0; i < w.cols; i++) {
      const row = Math.floor((i - shape[0]!) / cols);
      const sparse = row >= 0 && row < rows;
      if (!sparse || touched.rows.subarray(0, touched.count).includes(row))
        g.data[i] = w.data[i]! + 0.5 * dice.normal();
    }
    const gExact = vector(g.data, { segments: g.segments });
    if (t % 2) expect(descend(rule, g, s, w)).toBe(true);
    else {
      steps.data.set(rule.update(g, s, w).data);
      for (let i = 0; i < w.cols; i++) w.data[i]! -= steps.data[i]!;
    }
    expect(descend(rule, gExact, r, exact)).toBe(true);
    worst = Math.max(worst, distance(w.data, exact.data));
  }
  return worst;
};

for (const [kind, kernels] of kinds)
  test.each(
    members.flatMap((member) => [false, true].map((lazy) => [member(lazy).source, member(lazy)] as const)),
  )(`%s goes the float64 way in ${kind} float32, on vectors of any length`, (_, rule) => {
    fc.assert(
      fc.property(shapes, fc.integer(), (shape, seed) => {
        expect(apart(rule, kernels(), shape, seed)).toBeLessThan(2e-5);
      }),
      { numRuns: 12 },
    );
  });

test.each(members.map((member) => [member(false).source, member(false)] as const))(
  "%s leaves weights as they are, to the bit, when one of them would overflow",
  (_, rule) => {
    for (const at of [0, 6, 20]) {
      const kernels = simd()!;
      const shape = [7, 2, 3, 8];
      const [w, g] = [vectorIn(kernels, shape), vectorIn(kernels, shape)];
      for (let i = 0; i < 21; i++) w.data[i] = i - 10.5;
      const state = rule.init(w);
      g.data.fill(1);
      for (let t = 0; t < 2; t++) descend(rule, g, state, w);
      w.data[at] = Number.NaN;
      const before = w.data.slice();
      g.data.fill(2);
      const answers = [0, 1].map(() => descend(rule, g, state, w));
      expect(answers).toContain(false); // accumulate() is still every other time
      expect(w.data).toEqual(before);
    }
  },
);

test("rules write nothing beyond the range that they are given", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 22 }), (from, count) => {
      const kernels = simd()!;
      const make = () => {
        const m = kernels.zeros(1, 32);
        m.data.fill(7);
        return m;
      };
      const [g, w, step, m, v] = [make(), make(), make(), make(), make()];
      const names = ["η", "β1", "β2", "ε", "λ", "c1", "c2"];
      const adam = kernels.rule("adam", ["m", "v"], names)!;
      const numbers = Float64Array.of(0.1, 0.9, 0.999, 1e-8, 0, 0.1, 0.001);
      adam.step(g, w, step, [m, v], numbers, from, from + count);
      adam.descend(g, w, step, [m, v], numbers, from, from + count);
      for (const { data } of [step, m, v, w]) {
        const outside = [...data].filter((_, i) => i < from || i >= from + count);
        expect(outside.every((x) => x === 7)).toBe(true);
      }
      expect([...w.data].filter((x) => x !== 7)).toHaveLength(count);
    }),
  );
});
