import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  type Matrix,
  normalInit,
  orthogonal,
  random,
  uniformInit,
  zeroInit,
  zeros,
} from "rxgrad";
import { describe, expect, it } from "vitest";

const [fanIn, fanOut] = [150, 250];
const filled = (init: Initializer, rows: number = fanIn, cols: number = fanOut, seed = 1): Matrix => {
  const m = zeros(rows, cols);
  init(m, random(seed));
  return m;
};

const uniforms: readonly [string, Initializer, number, number][] = [
  ["glorotUniform()", glorotUniform(), -Math.sqrt(6 / 400), Math.sqrt(6 / 400)],
  ["heUniform()", heUniform(), -Math.sqrt(6 / 150), Math.sqrt(6 / 150)],
  ["lecunUniform()", lecunUniform(), -Math.sqrt(3 / 150), Math.sqrt(3 / 150)],
  ["uniformInit(2, 5)", uniformInit(2, 5), 2, 5],
];
const normals: readonly [string, Initializer, number, number][] = [
  ["glorotNormal()", glorotNormal(), 0, Math.sqrt(2 / 400)],
  ["heNormal()", heNormal(), 0, Math.sqrt(2 / 150)],
  ["lecunNormal()", lecunNormal(), 0, Math.sqrt(1 / 150)],
  ["normalInit()", normalInit(), 0, 1],
  ["normalInit(3, 0.5)", normalInit(3, 0.5), 3, 0.5],
];
const n = fanIn * fanOut;
const moments = (m: Matrix): { mean: number; deviation: number } => {
  const values = Array.from(m.data);
  const mean = values.reduce((a, b) => a + b) / n;
  return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n) };
};

describe.each(uniforms)("%s", (_, init, low, high) => {
  it("fills its range, evenly", () => {
    const m = filled(init);
    const width = high - low;
    expect(Math.min(...m.data)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...m.data)).toBeLessThanOrEqual(high);
    expect(Math.min(...m.data)).toBeLessThan(low + width / 1000);
    expect(Math.max(...m.data)).toBeGreaterThan(high - width / 1000);
    const { mean, deviation } = moments(m);
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((4 * width) / Math.sqrt(12 * n));
    expect(deviation / (width / Math.sqrt(12))).toBeCloseTo(1, 1.7);
  });
});

describe.each(normals)("%s", (_, init, mu, sigma) => {
  it("has its mean and deviation, and numbers beyond twice that", () => {
    const m = filled(init);
    const { mean, deviation } = moments(m);
    expect(Math.abs(mean - mu)).toBeLessThan((4 * sigma) / Math.sqrt(n));
    expect(Math.abs(deviation / sigma - 1)).toBeLessThan(4 / Math.sqrt(2 * n));
    const beyond = m.data.filter((v) => Math.abs(v - mu) > 2 * sigma).length / n;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.005);
  });
});

it.each([
  ...[...uniforms, ...normals].map(([name, init]) => [name, init] as const),
  ["orthogonal()", orthogonal()] as const,
])("%s gives the same numbers from the same seed, others from another", (_, init) => {
  expect(filled(init, 4, 5)).toEqual(filled(init, 4, 5));
  expect(filled(init, 4, 5)).not.toEqual(filled(init, 4, 5, 2));
});

it("constant() and zeroInit() fill a matrix with one number", () => {
  expect([...filled(constant(2.5), 2, 2).data]).toEqual([2.5, 2.5, 2.5, 2.5]);
  const m = filled(constant(1), 2, 2);
  zeroInit()(m, random(1));
  expect([...m.data]).toEqual([0, 0, 0, 0]);
});

it.each([
  [7, 7, 1],
  [4, 9, 1],
  [9, 4, 2],
  [1, 6, 3],
  [6, 1, 0.5],
])("orthogonal() gives %i × %i with orthogonal rows or columns of length %d", (rows, cols, gain) => {
  const { data } = filled(orthogonal(gain), rows, cols);
  const wide = rows <= cols;
  const count = Math.min(rows, cols);
  const at = (k: number, l: number) => (wide ? data[k * cols + l]! : data[l * cols + k]!);
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      let dot = 0;
      for (let l = 0; l < Math.max(rows, cols); l++) dot += at(a, l) * at(b, l);
      expect(dot).toBeCloseTo(a === b ? gain ** 2 : 0, 12);
    }
});
