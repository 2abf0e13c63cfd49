import type { Sample } from "rxgrad";

/** Four clouds of points in eight dimensions, a class each: the first concept has the first two, the second the others. */
export const concept = (first: boolean, count: number, normal: () => number): Sample[] =>
  Array.from({ length: count }, (_, i) => {
    const y = (first ? 0 : 2) + (i % 2);
    const x = Array.from({ length: 8 }, () => 0.7 * normal());
    x[y % 2]! += y < 2 ? 2 : -2;
    return { x, y };
  });

/** Numbers from a normal distribution (Box & Muller, 1958) by a generator of Lehmer, so that everybody has the same. */
export const normals = (seed: number): (() => number) => {
  let state = 48271 * (seed + 1);
  const uniform = () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};
