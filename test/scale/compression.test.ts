import { expect, it } from "vitest";
import { random } from "../../src/math/random.ts";
import { type Coded, type Compress, compressor, decoded } from "../../src/scale/compression.ts";
import { writeMessage } from "../../src/scale/message.ts";

const normals = (length: number, seed = 1): Float32Array => {
  const rng = random(seed);
  return Float32Array.from({ length }, () => 0.01 * rng.normal());
};
const there = (change: Float32Array, compress: Compress): Float32Array =>
  decoded("test", compressor("test", compress)(change), change.length) as Float32Array;
const bytesOf = (coded: Coded): number =>
  writeMessage({
    ...{
      kind: "delta",
      plan: "chain(dense(1000, 1000))",
      incarnation: 1,
      round: 1,
      base: 1,
      epoch: 1,
      coded,
    },
    ...{ buffers: new Float32Array(0), samples: 512, steps: 16, loss: 1, statistics: {}, ended: [] },
    ...{ positions: new Map([["p0", 123]]), times: { step: 1, exchange: 1 } },
  }).length;

it("compressor() is off by at most half a level of the largest in the block", () => {
  for (const length of [1, 7, 1024, 1025, 5000])
    for (const bits of [2, 3, 5, 7, 8]) {
      const change = normals(length, bits);
      const back = there(change, { bits });
      for (let from = 0; from < length; from += 1024) {
        const block = change.subarray(from, from + 1024);
        const level = Math.max(...block.map(Math.abs)) / (2 ** (bits - 1) - 1);
        block.forEach((v, i) => {
          expect(Math.abs(back[from + i]! - v)).toBeLessThanOrEqual(level * 0.500001);
        });
      }
    }
});

it("compressor() brings back what is made of levels, zeros too, exactly", () => {
  for (const compress of ["int8", { bits: 5 }] as const) {
    expect(there(new Float32Array(2000), compress)).toEqual(new Float32Array(2000));
    const change = Float32Array.from({ length: 1024 }, (_, i) => ((i % 31) - 15) / 16);
    if (compress !== "int8") expect(there(change, compress)).toEqual(change);
  }
  expect(there(new Float32Array(0), "int8")).toEqual(new Float32Array(0));
});

it("compressor() with a seed is right on average", () => {
  const change = Float32Array.of(0.3, -0.7, 1, 0.01);
  const sum = new Float64Array(4);
  const code = compressor("test", { bits: 2, seed: 1 });
  for (let i = 0; i < 4000; i++)
    for (const [j, v] of decoded("test", code(change), 4).entries()) sum[j]! += v / 4000;
  sum.forEach((v, j) => {
    expect(v).toBeCloseTo(change[j]!, 1);
  });
});

it("compressor() with topK keeps the largest, of equal ones the first", () => {
  for (const [length, topK] of [
    [1000, 0.01],
    [999, 0.5],
    [10, 1],
    [70_000, 0.001],
  ] as const) {
    const change = normals(length, length);
    const count = Math.ceil(topK * length);
    const kept = new Set(
      Array.from(change.keys())
        .sort((a, b) => Math.abs(change[b]!) - Math.abs(change[a]!) || a - b)
        .slice(0, count),
    );
    expect(there(change, { topK })).toEqual(change.map((v, i) => (kept.has(i) ? v : 0)));
  }
  expect(there(Float32Array.of(1, -1, 1, 0), { topK: 0.5 })).toEqual(Float32Array.of(1, -1, 0, 0));
});

it("compressor() keeps a message of a million weights below a byte for each, whatever they are", () => {
  const million = 1_000_000;
  const rng = random(3);
  const changes = {
    normal: normals(million),
    uniform: Float32Array.from({ length: million }, () => rng.uniform() - 0.5), // the worst for codes of varying length
    sparse: Float32Array.from({ length: million }, (_, i) => (i % 100 === 0 ? rng.normal() : 0)),
  };
  for (const [name, change] of Object.entries(changes))
    for (const compress of ["int8", { bits: 7 }, { topK: 0.1 }] as const)
      expect(bytesOf(compressor("test", compress)(change)), name).toBeLessThanOrEqual(million);
});

it("decoded() refuses what no compressor makes", () => {
  const codes = new Uint8Array(4);
  const wrong: Coded[] = [
    { kind: "change", values: new Float32Array(3) },
    { kind: "sparse", indices: Uint32Array.of(1, 1), values: new Float32Array(2) },
    { kind: "sparse", indices: Uint32Array.of(4), values: new Float32Array(1) },
    { kind: "sparse", indices: Uint32Array.of(1), values: new Float32Array(2) },
    { kind: "quantized", bits: 9, deflated: false, scales: new Float32Array(1), codes },
    { kind: "quantized", bits: 8, deflated: false, scales: new Float32Array(2), codes },
    { kind: "quantized", bits: 8, deflated: false, scales: new Float32Array(1), codes: new Uint8Array(5) },
    {
      kind: "quantized",
      bits: 8,
      deflated: false,
      scales: new Float32Array(1),
      codes: Uint8Array.of(255, 0, 0, 0),
    },
    { kind: "quantized", bits: 8, deflated: true, scales: new Float32Array(1), codes },
  ];
  for (const coded of wrong) expect(() => decoded("delta", coded, 4)).toThrow("delta expects");
});

it("compressor() refuses what is no compression", () => {
  for (const compress of [
    "int4",
    {},
    { bits: 1 },
    { bits: 9 },
    { topK: 0 },
    { topK: 2 },
    { topK: 0.1, bits: 8 },
  ])
    expect(() => compressor("learnFrom()", compress as Compress)).toThrow("learnFrom() expects");
});
