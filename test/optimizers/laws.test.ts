import { describe, expect, test } from "vitest";
import { random } from "../../src/math/random.ts";
import { type Segment, type Vector, vector } from "../../src/math/vector.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { members, rules } from "./members.ts";

const numbersOf = (v: Vector): number[] => Array.from(v.data);

/** w ← w − step. */
const descend = (rule: Rule, gradient: Vector, state: unknown, w: Vector): void => {
  const step = rule.update(gradient, state, w);
  for (let i = 0; i < w.data.length; i++) w.data[i]! -= step.data[i]!;
};

/** ½ Σ aᵢ(wᵢ − cᵢ)² and its gradient. */
const quadratic = (a: number[], c: number[]) => ({
  value: (w: Vector) => a.reduce((sum, ai, i) => sum + (ai / 2) * (w.data[i]! - c[i]!) ** 2, 0),
  gradient: (w: Vector) => vector(a.map((ai, i) => ai * (w.data[i]! - c[i]!))),
});

const normals = (count: number, seed: number): number[] => {
  const r = random(seed);
  return Array.from({ length: count }, () => r.normal());
};

// A dense segment, a sparse one of 4 × 2 of which rows 1 and 3 are touched, and a dense one.
const segments: readonly Segment[] = [
  { name: "dense0.W", offset: 0, rows: 1, cols: 3 },
  {
    name: "embedding1.W",
    offset: 3,
    rows: 4,
    cols: 2,
    touched: { rows: Int32Array.of(3, 1, 0, 0), count: 2 },
  },
  { name: "dense2.b", offset: 11, rows: 1, cols: 1 },
];
const untouched = [3, 4, 7, 8];
const withoutTouched = segments.map(({ touched: _, ...segment }) => segment);
const sparseGradient = (seed: number): Vector =>
  vector(
    normals(12, seed).map((g, i) => (untouched.includes(i) ? 0 : g)),
    { segments },
  );

describe.each(members.map((member) => [member(false).source, member] as const))("%s", (name, member) => {
  test(`${name} minimises a quadratic`, () => {
    const { value, gradient } = quadratic([1, 0.5, 2, 1], [1, -1, 0.5, 0]);
    const w = vector([-1, 1, 2, 0.5]);
    const rule = member(false);
    const state = rule.init(w);
    const before = value(w);
    for (let t = 0; t < 1500; t++) descend(rule, gradient(w), state, w);
    expect(value(w)).toBeLessThan(1e-3 * before);
  });

  test(`${name} writes neither to the gradient nor to the weights`, () => {
    const w = vector(normals(12, 1), { segments });
    const before = numbersOf(w);
    const rule = member(false);
    const state = rule.init(w);
    for (let t = 0; t < 5; t++) {
      const g = sparseGradient(t);
      rule.update(g, state, w);
      expect(numbersOf(g)).toEqual(numbersOf(sparseGradient(t)));
      expect(numbersOf(w)).toEqual(before);
    }
  });

  test(`${name} keeps its state where init put it, so that two runs do not meet`, () => {
    const run = (rule: Rule, between: () => void) => {
      const w = vector(normals(12, 1));
      const state = rule.init(w);
      const path: number[][] = [];
      for (let t = 0; t < 6; t++) {
        descend(rule, vector(normals(12, t)), state, w);
        path.push(numbersOf(w));
        between();
      }
      return path;
    };
    const rule = member(false);
    const other = vector(normals(12, 9));
    const otherState = rule.init(other);
    const disturbed = run(rule, () => descend(rule, vector(normals(12, 8)), otherState, other));
    expect(disturbed).toEqual(run(member(false), () => {}));
  });

  test(`${name} with lazy leaves the rows alone that no batch touched, bit by bit`, () => {
    const w = vector(normals(12, 1), { segments: withoutTouched });
    const before = numbersOf(w);
    const rule = member(true);
    const state = rule.init(w);
    for (let t = 0; t < 5; t++) descend(rule, sparseGradient(t), state, w);
    for (const i of untouched) expect(w.data[i]).toBe(before[i]);
  });

  test(`${name} with lazy does to touched rows what it does without`, () => {
    const [lazy, dense] = [member(true), member(false)];
    const [w, v] = [1, 1].map((seed) => vector(normals(12, seed), { segments: withoutTouched })) as [
      Vector,
      Vector,
    ];
    const [s, r] = [lazy.init(w), dense.init(v)];
    for (let t = 0; t < 6; t++) {
      descend(lazy, sparseGradient(t), s, w);
      descend(dense, sparseGradient(t), r, v);
    }
    for (let i = 0; i < 12; i++) if (!untouched.includes(i)) expect(w.data[i]).toBe(v.data[i]);
  });

  test(`${name} keeps to float32 where the weights do`, () => {
    const rule = member(false);
    const run = (precision: "float32" | "float64") => {
      const w = vector(normals(5, 1), { precision });
      const state = rule.init(w);
      for (let t = 0; t < 8; t++) {
        const g = vector(normals(5, t + 2), { precision });
        expect(rule.update(g, rule.init(w), w).data).toBeInstanceOf(
          precision === "float32" ? Float32Array : Float64Array,
        );
        descend(rule, g, state, w);
      }
      return w.data;
    };
    const [single, double] = [run("float32"), run("float64")];
    single.forEach((w, i) => {
      expect(w).toBeCloseTo(double[i]!, 4);
    });
  });

  test(`${name} prints as its own source`, () => {
    for (const lazy of [false, true]) {
      const { source } = member(lazy);
      const again = new Function(...Object.keys(rules), `return ${source}`)(...Object.values(rules)) as Rule;
      expect(again.source).toBe(source);
    }
  });
});
