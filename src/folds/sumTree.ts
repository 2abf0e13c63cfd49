/** A sum tree: numbers in a row, of which one is found by how much stands before it, in O(log n). Plain functions. */
export interface SumTree {
  /** All zero. */
  init(): number[];
  get(tree: readonly number[], i: number): number;
  set(tree: number[], i: number, value: number): void;
  total(tree: readonly number[]): number;
  /** The i with Σ of those before it ≤ u < Σ up to it; the last that is not zero when u is too large. */
  find(tree: readonly number[], u: number): number;
}

/**
 * A binary tree in an array: node k has the children 2k and 2k + 1, and is their sum; node 1 is the root (Schaul et al.,
 * 2016, appendix B.2.1). Sums are made anew from the children, so that they do not drift.
 */
export const sumTree = (capacity: number): SumTree => {
  let leaves = 1;
  while (leaves < capacity) leaves *= 2;
  return {
    init: () => new Array<number>(2 * leaves).fill(0),
    get: (tree, i) => tree[leaves + i]!,
    set: (tree, i, value) => {
      tree[leaves + i] = value;
      for (let k = (leaves + i) >> 1; k >= 1; k >>= 1) tree[k] = tree[2 * k]! + tree[2 * k + 1]!;
    },
    total: (tree) => tree[1]!,
    find: (tree, u) => {
      let k = 1;
      let rest = u;
      while (k < leaves) {
        const [left, right] = [tree[2 * k]!, tree[2 * k + 1]!];
        // rounding may leave a rest at the right edge of what is there
        if (rest < left || right === 0) k = 2 * k;
        else {
          rest -= left;
          k = 2 * k + 1;
        }
      }
      return k - leaves;
    },
  };
};
