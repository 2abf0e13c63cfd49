import fc from "fast-check";
import {
  chain,
  dense,
  type Kernels,
  matrix,
  meanSquaredError,
  model,
  random,
  reference,
  sgd,
  simd,
  trainer,
} from "rxgrad";
import { blas } from "rxgrad/blas";
import { expect, it, type TestContext } from "vitest";
import { denseCases, expectAgreement } from "../math/simd/denseLayers.ts";
import { needs } from "../support/needs.ts";

const native = (test: TestContext): Kernels => {
  const kernels = blas({ log: () => {} });
  needs(test, "koffi and Debian's libopenblas0", kernels.name === "blas");
  return kernels;
};

it("blas() computes dense layers as the reference does in float64, in memory that grows", (test) => {
  const kernels = native(test);
  const exact = reference("float64");
  fc.assert(
    fc.property(denseCases, (one) => {
      kernels.zeros(1, 100_000);
      expectAgreement(kernels, exact, one);
    }),
    { numRuns: 60 },
  );
});

it("blas() multiplies in place, and large products alone", (test) => {
  const [fast, own] = [native(test), simd({ numerics: "reproducible" })!];
  const bitsOf = (kernels: Kernels, rows: number) => {
    const dice = random(rows);
    const make = (r: number, c: number) => {
      const m = kernels.zeros(r, c);
      for (let i = 0; i < r * c; i++) m.data[i] = dice.normal();
      return m;
    };
    const [x, W, y] = [make(rows, 301), make(301, 97), make(rows, 97)];
    const shape = {
      rows,
      inputs: 301,
      outputs: 97,
      bias: false,
      activation: undefined,
      wantsInputGrad: true,
    };
    kernels.dense(shape, kernels.zeros).forward(x, W, undefined, y);
    return [...y.data];
  };
  if (simd()!.name === "simd" && process.versions.node.startsWith("20."))
    expect(bitsOf(fast, 5)).toEqual(bitsOf(own, 5)); // without relaxed SIMD, small ones are the same bits
  const large = [bitsOf(fast, 200), bitsOf(own, 200)] as const;
  large[0].forEach((v, i) => {
    expect(Math.abs(v - large[1][i]!)).toBeLessThan(1e-3);
  });
  expect(large[0]).not.toEqual(large[1]); // another order of sums, so it was another library
});

it("model({ kernels: blas() }) learns what it learns on the SIMD kernels", (test) => {
  const plan = chain(dense(60, 80, { activation: "tanh" }), dense(80, 3));
  const dice = random(1);
  const fill = (rows: number, cols: number) =>
    matrix(Array.from({ length: rows }, () => Array.from({ length: cols }, () => dice.normal())));
  const batch = { x: fill(64, 60), y: fill(64, 3) };
  const lossesOf = (kernels: Kernels) => {
    const net = model(plan, { kernels });
    const engine = trainer(net, { loss: meanSquaredError(), optimizer: sgd(0.05) });
    const losses = Array.from({ length: 30 }, () => engine.learn(batch).loss);
    net.dispose();
    return losses;
  };
  const [one, other] = [lossesOf(native(test)), lossesOf(simd()!)];
  one.forEach((loss, step) => {
    expect(loss).toBeCloseTo(other[step]!, 4);
  });
});

it("blas() computes on the SIMD kernels, and says so in one line, where the library is missing", () => {
  const lines: string[] = [];
  const kernels = blas({ library: "libnone.so.7", log: (line) => lines.push(line) });
  expect(kernels.name).toBe("simd");
  expect(lines).toEqual([
    "blas() goes on without a native BLAS: it expects OpenBLAS, such as Debian's libopenblas0, got no libnone.so.7",
  ]);
  const net = model(chain(dense(2, 1)), { kernels });
  expect(net.predict(matrix([[1, 2]])).rows).toBe(1);
});

it("blas() refuses a number of threads that is none", () => {
  expect(() => blas({ threads: 0 })).toThrow("blas() expects a whole number of at least 1 as threads, got 0");
});
