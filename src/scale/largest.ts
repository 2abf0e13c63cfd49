import type { Data } from "../math/matrix.ts";

/** A few numbers of many, by their places. */
export interface Sparsified {
  /** Ascending. */
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/**
 * The `count` numbers that are largest in size, as float32; of equal ones those that come first. Two counts over the bits of the floats
 * find where to cut, since the bits of positive floats grow as the floats do.
 */
export const largest = (numbers: Data, count: number): Sparsified => {
  const sizes = new Float32Array(numbers.length);
  for (let i = 0; i < sizes.length; i++) sizes[i] = Math.abs(numbers[i]!);
  const bits = new Uint32Array(sizes.buffer);
  const high = cut(count, (counts) => {
    for (let i = 0; i < bits.length; i++) counts[bits[i]! >>> 16]!++;
  });
  const low = cut(high.left, (counts) => {
    for (let i = 0; i < bits.length; i++) if (bits[i]! >>> 16 === high.at) counts[bits[i]! & 0xffff]!++;
  });
  const limit = ((high.at << 16) | low.at) >>> 0;
  const indices = new Uint32Array(count);
  const values = new Float32Array(count);
  let equal = low.left;
  let at = 0;
  for (let i = 0; i < bits.length && at < count; i++) {
    const own = bits[i]!;
    if (own < limit || (own === limit && equal-- <= 0)) continue;
    indices[at] = i;
    values[at++] = numbers[i]!;
  }
  return { indices, values };
};

/** The number at which counts from above have reached `count`, and how many of it are still needed. */
const cut = (count: number, fill: (counts: Uint32Array) => void): { at: number; left: number } => {
  const counts = new Uint32Array(2 ** 16);
  fill(counts);
  let left = count;
  let at = counts.length - 1;
  for (; at > 0 && counts[at]! < left; at--) left -= counts[at]!;
  return { at, left };
};
