import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryCrossentropy } from "../../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../../src/losses/categoricalCrossentropy.ts";
import { focal } from "../../../src/losses/focal.ts";
import type { Loss } from "../../../src/losses/loss.ts";
import type { Kernels } from "../../../src/math/kernels.ts";
import type { Matrix } from "../../../src/math/matrix.ts";
import { random } from "../../../src/math/random.ts";
import { batchOf, type Member, members } from "../../losses/members.ts";
import { kinds } from "./kinds.ts";
import { copyIn, expectClose, float64, guarded } from "./matrices.ts";

/** All but those that are made of others. */
const planned = members.filter(([loss]) => !/^(multitask|hedged|darkExperience)/.test(loss.source));
/** Widths at which a member can be tried: losses over classes take any, those of one column only that. */
const widths = ([loss, cols]: Member): fc.Arbitrary<number> => {
  if (/^focal/.test(loss.source)) return fc.constant(cols);
  return fc.integer({ min: /^categorical/.test(loss.source) ? 2 : 1, max: 45 });
};
/** A member at another width: its targets may be indices of more classes. */
const at = ([loss, cols, prediction, target]: Member, width: number): Member => [
  loss,
  width,
  prediction,
  (r, _) => {
    const row = target(r, width);
    return row.length === 1 && cols > 1 && width > 1 ? [r.below(width)] : row;
  },
];

const run = (kernels: Kernels, loss: Loss, p: Matrix, t: Matrix, w: Matrix | undefined, through?: string) => {
  const plan = loss.plan!(kernels, through)!;
  const grad = guarded(kernels, p.rows, p.cols);
  const weight = w && copyIn(kernels, w);
  const value = plan(copyIn(kernels, p), copyIn(kernels, t), weight, grad.matrix);
  expect(grad.isUntouchedAround()).toBe(true);
  return { value, grad: float64(grad.matrix) };
};

const rowWeights = (rows: number, seed: number): Matrix => {
  const dice = random(seed, 7);
  return { rows, cols: 1, data: Float64Array.from({ length: rows }, () => dice.below(3) * 0.75) };
};

for (const [kind, make] of kinds)
  test.each(planned.map((member) => [member[0].source, member] as const))(
    `%s has the value and the gradient of float64 in ${kind} float32, on any shape`,
    (_, member) => {
      const kernels = make();
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 20 }),
          widths(member),
          fc.boolean(),
          fc.integer(),
          (rows, cols, weighted, seed) => {
            const [loss] = member;
            const [p, t] = batchOf(at(member, cols), rows, seed).map(float32) as [Matrix, Matrix];
            const w = weighted ? rowWeights(rows, seed) : undefined;
            const exact = loss(float64(p), float64(t), w);
            const { value, grad } = run(kernels, loss, p, t, w);
            expect(Math.abs(value - exact.value)).toBeLessThan(1e-5 * Math.max(1e-2, Math.abs(exact.value)));
            const cancels = /^categorical.*fromLogits: true/.test(loss.source); // y − t
            expectClose(grad.data, exact.grad.data, cancels ? { scale: 0.02 / rows } : {});
          },
        ),
        { numRuns: 40 },
      );
    },
  );

const float32 = (m: Matrix): Matrix => ({ ...m, data: Float32Array.from(m.data) });

test.each([
  [binaryCrossentropy(), "sigmoid()"],
  [binaryCrossentropy({ labelSmoothing: 0.2 }), "sigmoid()"],
  [categoricalCrossentropy(), "softmax()"],
  [categoricalCrossentropy({ labelSmoothing: 0.1 }), "softmax()"],
] as const)("%o after %s is the loss of logits", (loss, through) => {
  const [, make] = kinds[0]!;
  const kernels = make();
  const binary = through === "sigmoid()";
  const smoothing = Number(/labelSmoothing: ([\d.]+)/.exec(loss.source)![1]);
  const ofLogits = (binary ? binaryCrossentropy : categoricalCrossentropy)({
    fromLogits: true,
    labelSmoothing: smoothing,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: binary ? 1 : 2, max: 21 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer(),
      (rows, cols, indices, weighted, seed) => {
        const dice = random(seed);
        const z = Float64Array.from({ length: rows * cols }, () => 12 * dice.uniform() - 6); // beyond, y is 1 in float32
        const y = z.map((zi, i) => {
          if (binary) return 1 / (1 + Math.exp(-zi));
          const row = i - (i % cols);
          return Math.exp(zi) / z.subarray(row, row + cols).reduce((sum, zj) => sum + Math.exp(zj), 0);
        });
        const width = !binary && indices ? 1 : cols;
        const t = new Float64Array(rows * width);
        for (let i = 0; i < rows; i++)
          if (binary) for (let j = 0; j < cols; j++) t[i * cols + j] = dice.below(2);
          else if (width === 1) t[i] = dice.below(cols);
          else t[i * cols + dice.below(cols)] = 1;
        const target = { rows, cols: width, data: t };
        const w = weighted ? rowWeights(rows, seed) : undefined;
        const exact = ofLogits({ rows, cols, data: z }, target, w);
        const { value, grad } = run(kernels, loss, { rows, cols, data: y }, target, w, through);
        expect(Math.abs(value - exact.value)).toBeLessThan(5e-5 * Math.max(0.1, exact.value));
        expectClose(grad.data, exact.grad.data, { scale: 0.02 / (binary ? rows * cols : rows) }); // y − t cancels
      },
    ),
    { numRuns: 40 },
  );
});

test.each(planned.filter((member) => batchOf(member, 4)[0].data.every((p) => p >= 0 && p <= 1)))(
  "%o on kernels says what the plain loss says of a prediction that is no probability, in any place",
  (loss, cols, prediction, target) => {
    const [, make] = kinds[0]!;
    const kernels = make();
    if (/^poisson/.test(loss.source)) return;
    const [p, t] = batchOf([loss, cols, prediction, target], 3);
    for (let i = 0; i < p.data.length; i++) {
      const wrong = { ...p, data: Float64Array.from(p.data, (x, j) => (j === i ? 1.5 : x)) };
      expect(() => run(kernels, loss, wrong, t, undefined)).toThrow("got 1.5");
    }
  },
);

test("loss kernels bear the extremes: certainties, masked classes, huge logits", () => {
  const [, make] = kinds[0]!;
  const kernels = make();
  const one = (loss: Loss, p: number[], t: number[]) =>
    run(
      kernels,
      loss,
      { rows: 1, cols: p.length, data: Float64Array.from(p) },
      { rows: 1, cols: t.length, data: Float64Array.from(t) },
      undefined,
    );
  expect(one(binaryCrossentropy(), [0], [1]).value).toBe(100);
  expect(one(binaryCrossentropy(), [1], [0]).value).toBe(100);
  expect(one(binaryCrossentropy(), [1, 0], [1, 0]).value).toBe(0);
  expect(one(binaryCrossentropy({ fromLogits: true }), [-1e4], [1]).value).toBe(1e4);
  expect(one(focal({ fromLogits: true }), [-1e4], [1]).value).toBe(1e4);
  const classes = categoricalCrossentropy({ fromLogits: true });
  expect(one(classes, [1e4, -1e4, 0], [1]).value).toBe(2e4);
  const masked = one(classes, [1, Number.NEGATIVE_INFINITY, 2], [0]);
  expect(masked.value).toBeCloseTo(Math.log(1 + Math.E), 5);
  expect([...masked.grad.data].every(Number.isFinite)).toBe(true);
  const sure = one(classes, [16, 0, 0], [0]).value / (2 * Math.exp(-16));
  expect(sure).toBeCloseTo(1, 4);
});
