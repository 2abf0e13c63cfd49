import { expect, test } from "vitest";
import { sumTree } from "../../src/folds/sumTree.ts";
import { random } from "../../src/math/random.ts";

test("sumTree() finds what adding up one after the other finds", () => {
  const rng = random(1);
  for (const size of [1, 2, 3, 5, 8, 33, 100]) {
    const tree = sumTree(size);
    const state = tree.init();
    const naive = new Array<number>(size).fill(0);
    for (let round = 0; round < 300; round++) {
      const i = rng.below(size);
      const value = rng.uniform() < 0.2 ? 0 : rng.below(1000);
      tree.set(state, i, value);
      naive[i] = value;
      const total = naive.reduce((a, b) => a + b);
      expect(tree.total(state)).toBe(total);
      expect(tree.get(state, i)).toBe(value);
      if (total === 0) continue;
      const u = rng.below(total);
      let [sum, k] = [0, 0];
      while (sum + naive[k]! <= u) sum += naive[k++]!;
      expect(tree.find(state, u)).toBe(k);
    }
  }
});

test("sumTree() never finds what has no share, however numbers are rounded", () => {
  const rng = random(2);
  const tree = sumTree(50);
  const state = tree.init();
  for (let i = 0; i < 37; i++) if (i % 3) tree.set(state, i, 10 ** (12 * rng.uniform() - 6));
  const total = tree.total(state);
  for (const u of [
    0,
    total,
    total * (1 + 1e-15),
    ...Array.from({ length: 2000 }, () => rng.uniform() * total),
  ])
    expect(tree.get(state, tree.find(state, u))).toBeGreaterThan(0);
});
