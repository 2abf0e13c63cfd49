import fc from "fast-check";
import { expect, test } from "vitest";
import type { Kernels } from "../../../src/math/kernels.ts";
import type { Matrix } from "../../../src/math/matrix.ts";
import { random } from "../../../src/math/random.ts";
import { reference } from "../../../src/math/reference.ts";
import { kinds } from "./kinds.ts";
import { copyIn, expectClose, float64, guarded } from "./matrices.ts";

const exact = reference("float64");

/** Runs a kernel and its reference: `inputs` are copied in, `outputs` are what they write, from what they start with. */
const compare = (
  kernels: Kernels,
  inputs: readonly Matrix[],
  outputs: readonly Matrix[],
  run: (kernels: Kernels, inputs: readonly Matrix[], outputs: readonly Matrix[]) => unknown,
): void => {
  const homes = outputs.map(({ rows, cols }) => guarded(kernels, rows, cols));
  homes.forEach(({ matrix }, i) => void matrix.data.set(outputs[i]!.data));
  const single = inputs.map((m) => ({ ...m, data: Float32Array.from(m.data) }));
  const answer = run(
    kernels,
    single.map((m) => copyIn(kernels, m)),
    homes.map(({ matrix }) => matrix),
  );
  const results = outputs.map((m) => ({ ...m, data: Float64Array.from(m.data, Math.fround) }));
  expect(answer).toEqual(run(exact, single.map(float64), results));
  homes.forEach(({ matrix, isUntouchedAround }, i) => {
    expect(isUntouchedAround()).toBe(true);
    expectClose(matrix.data, results[i]!.data, { scale: 0.5 }); // sums may cancel
  });
};

const shape = [fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70 }), fc.integer()] as const;
/** Random matrices of the shapes named, about a mean that differs from 0. */
const makerOf = (seed: number) => {
  const dice = random(seed);
  return (rows: number, cols: number, mean = 0): Matrix => ({
    rows,
    cols,
    data: Float64Array.from({ length: rows * cols }, () => mean + 2 * dice.normal()),
  });
};

type Case = (kernels: Kernels, rows: number, cols: number, seed: number) => void;

const cases: Readonly<Record<string, Case>> = {
  "softmax()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k, 50)], [make(n, k)], (on, [x], [y]) => on.softmax(n, k)(x!, y!));
    compare(kernels, [], [make(n, k)], (on, _, [y]) => on.softmax(n, k)(y!, y!));
  },
  "softmaxBack()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k), make(n, k)], [make(n, k)], (on, [y, dy], [dx]) =>
      on.softmaxBack(n, k)(y!, dy!, dx!),
    );
  },
  "logSoftmax()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k, -20)], [make(n, k)], (on, [x], [y]) => on.logSoftmax(n, k)(x!, y!));
    compare(kernels, [], [make(n, k)], (on, _, [y]) => on.logSoftmax(n, k)(y!, y!));
  },
  "logSoftmaxBack()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k, -5), make(n, k)], [make(n, k)], (on, [y, dy], [dx]) =>
      on.logSoftmaxBack(n, k)(y!, dy!, dx!),
    );
  },
  "normalizeRows()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(
      kernels,
      [make(n, k, 100), make(1, k), make(1, k)],
      [make(n, k), make(n, 1), make(n, k)],
      (on, [x, γ, β], [normalized, deviation, y]) =>
        on.normalizeRows(n, k, 1e-5)(x!, γ!, β!, normalized!, deviation!, y!),
    );
  },
  "normalizeRowsBack()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    for (const accumulate of [false, true])
      compare(
        kernels,
        [make(n, k), make(1, k), make(n, k), { ...make(n, 1), data: new Float64Array(n).fill(1.7) }],
        [make(1, k), make(1, k), make(n, k)],
        (on, [dy, γ, normalized, deviation], [dγ, dβ, dx]) =>
          on.normalizeRowsBack(n, k)(dy!, γ!, normalized!, deviation!, dγ!, dβ!, dx!, accumulate),
      );
  },
  "moments()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k, 3)], [make(1, k), make(1, k)], (on, [x], [mean, variance]) =>
      on.moments(n, k)(x!, mean!, variance!),
    );
  },
  "normalizeColumns()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    const variance = make(1, k);
    variance.data.forEach((v, i) => {
      variance.data[i] = 0.1 + v * v;
    });
    compare(
      kernels,
      [make(n, k), make(1, k), variance, make(1, k), make(1, k)],
      [make(n, k), make(n, k)],
      (on, [x, mean, variance, γ, β], [normalized, y]) =>
        on.normalizeColumns(n, k, 1e-5)(x!, mean!, variance!, γ!, β!, normalized!, y!),
    );
    for (const accumulate of [false, true])
      for (const fixed of [false, true])
        compare(
          kernels,
          [make(n, k), make(1, k), make(n, k), variance],
          [make(1, k), make(1, k), make(n, k)],
          (on, [dy, γ, normalized, variance], [dγ, dβ, dx]) =>
            on.normalizeColumnsBack(n, k, 1e-5)(
              dy!,
              γ!,
              normalized!,
              variance!,
              dγ!,
              dβ!,
              dx!,
              accumulate,
              fixed,
            ),
        );
  },
  "approach()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    compare(kernels, [make(n, k)], [make(n, k)], (on, [b], [a]) => on.approach(n * k)(a!, b!, 1.25, 0.1));
  },
  "columns()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    const dice = random(seed, 1);
    const [width, from, to] = [1 + dice.below(k), dice.below(5), dice.below(5)];
    for (const accumulate of [false, true])
      compare(
        kernels,
        [make(n, from + width + dice.below(3))],
        [make(n, to + width + dice.below(3))],
        (on, [x], [y]) => on.columns(n, width)(x!, from, y!, to, accumulate),
      );
  },
  "gather() and scatter()": (kernels, n, k, seed) => {
    const make = makerOf(seed);
    const dice = random(seed, 1);
    const size = 1 + dice.below(9);
    const index = (): Matrix => ({
      rows: n,
      cols: 1,
      data: Float64Array.from({ length: n }, () => dice.below(size)),
    });
    compare(kernels, [index(), make(size, k)], [make(n, k)], (on, [x, W], [y]) =>
      on.gather(n, size, k)(x!, W!, y!),
    );
    compare(kernels, [index(), make(n, k)], [make(size, k)], (on, [x, dy], [dW]) =>
      on.scatter(n, k)(x!, dy!, dW!),
    );
    for (const wrong of [size, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, -0.25]) {
      const bad = index();
      bad.data[dice.below(n)] = wrong;
      compare(kernels, [bad, make(size, k)], [], (on, [x, W]) =>
        on.gather(n, size, k)(x!, W!, on.zeros(n, k)),
      );
    }
  },
  "gru()": (kernels, n, u, seed) => {
    const make = makerOf(seed);
    const steps = 1 + random(seed, 1).below(4);
    const t = random(seed, 2).below(steps);
    const [gi, gh, h] = [make(n, steps * 3 * u), make(n, 3 * u), make(n, u)];
    const forward = [make(n, 4 * u), make(n, u)];
    compare(kernels, [gi, gh, h], forward, (on, [gi, gh, h], [kept, next]) =>
      on.gru(n, u, steps).forward(t, gi!, gh!, h!, kept!, next!),
    );
    const kept = make(n, 4 * u);
    exact.gru(n, u, steps).forward(t, gi, gh, h, kept, make(n, u));
    compare(
      kernels,
      [make(n, u), kept, h],
      [make(n, steps * 3 * u), make(n, 3 * u), make(n, u)],
      (on, [dh, kept, h], [dgi, dgh, direct]) =>
        on.gru(n, u, steps).backward(t, dh!, kept!, h!, dgi!, dgh!, direct!),
    );
  },
  "lstm()": (kernels, n, u, seed) => {
    const make = makerOf(seed);
    const steps = 1 + random(seed, 1).below(4);
    const t = random(seed, 2).below(steps);
    const [gi, gh, c] = [make(n, steps * 4 * u), make(n, 4 * u), make(n, u)];
    compare(
      kernels,
      [gi, gh, c],
      [make(n, 5 * u), make(n, u), make(n, u)],
      (on, [gi, gh, c], [kept, nextC, nextH]) =>
        on.lstm(n, u, steps).forward(t, gi!, gh!, c!, kept!, nextC!, nextH!),
    );
    const kept = make(n, 5 * u);
    exact.lstm(n, u, steps).forward(t, gi, gh, c, kept, make(n, u), make(n, u));
    compare(
      kernels,
      [make(n, u), kept, c],
      [make(n, u), make(n, steps * 4 * u), make(n, 4 * u)],
      (on, [dh, kept, c], [dc, dgi, dgh]) =>
        on.lstm(n, u, steps).backward(t, dh!, dc!, kept!, c!, dgi!, dgh!),
    );
  },
  "norm()": (kernels, n, k, seed) => {
    const m = kernels.zeros(n, k);
    m.data.set(makerOf(seed)(n, k).data);
    expect(kernels.norm(m) / exact.norm(m)).toBeCloseTo(1, 10);
  },
};

for (const [kind, make] of kinds)
  test.each(Object.entries(cases))(
    `%s is the float64 one in ${kind} float32, and writes nothing else`,
    (_, run) => {
      const kernels = make();
      fc.assert(
        fc.property(...shape, (rows, cols, seed) => run(kernels, rows, cols, seed)),
        { numRuns: 40 },
      );
    },
  );

test("finite() and finiteDifference() see a single NaN or Infinity, in any lane", () => {
  const kernels = kinds[0]![1]();
  for (let length = 1; length < 40; length++)
    for (let i = 0; i < length; i++)
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const [a, b] = [kernels.zeros(1, length), kernels.zeros(1, length)];
        expect([kernels.finiteSquares(a, 0, length), kernels.finiteDifference(a, b)]).toEqual([true, true]);
        a.data[i] = bad;
        expect([kernels.finiteSquares(a, 0, length), kernels.finiteDifference(a, b)]).toEqual([false, false]);
        expect(kernels.finiteDifference(b, a)).toBe(false);
        kernels.free(a);
        kernels.free(b);
      }
});

test("softmax() and logSoftmax() bear what is far apart", () => {
  const kernels = kinds[0]![1]();
  const x = copyIn(kernels, { rows: 1, cols: 3, data: Float64Array.of(1e4, -1e4, Number.NEGATIVE_INFINITY) });
  const y = kernels.zeros(1, 3);
  kernels.softmax(1, 3)(x, y);
  expect([...y.data]).toEqual([1, expect.closeTo(0, 30), expect.closeTo(0, 30)]);
  kernels.logSoftmax(1, 3)(x, y);
  expect([...y.data]).toEqual([expect.closeTo(0, 30), -2e4, Number.NEGATIVE_INFINITY]);
});
