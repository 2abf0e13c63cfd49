import { expect, test } from "vitest";
import { auc } from "../../src/folds/auc.ts";
import type { Scored } from "../../src/folds/scored.ts";
import type { Fold } from "../../src/math/fold.ts";
import { matrix } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";

const read = (f: Fold<Scored, number>, scores: number[], targets: number[]) =>
  f.read(
    f.step(f.init(), { prediction: matrix(scores.map((s) => [s])), target: matrix(targets.map((t) => [t])) }),
  );

test("auc() is the known value on the example of scikit-learn", () => {
  expect(read(auc(), [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
});

test("auc() takes logits, and ±1 for targets", () => {
  expect(read(auc(), [-20, -3, 5, 80], [-1, -1, 1, 1])).toBe(1);
  expect(read(auc(), [3, 3, 3], [-1, 1, 1])).toBe(0.5);
});

test("auc() is NaN until both classes have come", () => {
  expect(read(auc(), [0.5], [1])).toBeNaN();
  expect(read(auc({ bins: 10 }), [0.5], [0])).toBeNaN();
});

test("auc() with bins errs by no more than half the share of pairs in one bin", () => {
  const rng = random(5);
  const targets = Array.from({ length: 5000 }, () => rng.below(2));
  const scores = targets.map((t) => 1 / (1 + Math.exp(-t - rng.normal())));
  const exact = read(auc(), scores, targets);
  for (const bins of [1, 10, 100, 10_000]) {
    const counts = [0, 1].map((t) => {
      const count = Array<number>(bins).fill(0);
      scores.forEach((s, i) => {
        if (targets[i] === t) count[Math.min(bins - 1, Math.floor(s * bins))]!++;
      });
      return count;
    });
    const [n0, n1] = counts.map((count) => count.reduce((a, b) => a + b, 0));
    const bound = counts[0]!.reduce((sum, c, b) => sum + c * counts[1]![b]!, 0) / (2 * n0! * n1!);
    expect(Math.abs(read(auc({ bins }), scores, targets) - exact)).toBeLessThanOrEqual(bound + 1e-12);
  }
});

test("auc() refuses scores that it cannot use", () => {
  expect(() => read(auc(), [Number.NaN], [1])).toThrow(
    "auc() expects scores that can be ordered, got NaN in row 0",
  );
  expect(() => read(auc({ bins: 10 }), [0.5, 1.5], [1, 0])).toThrow(
    "auc() expects scores from 0 to 1 with bins",
  );
  expect(() => auc().step(auc().init(), { prediction: matrix([[1, 2]]), target: matrix([[1, 0]]) })).toThrow(
    "auc() expects one column of scores, got 1 × 2",
  );
});
