import type { Segment, Vector } from "../math/vector.ts";

/** The same numbers, live, with another account of which rows were touched. */
export const withSegments = (v: Vector, segments: readonly Segment[]): Vector => {
  const sparse = segments.some(({ touched }) => touched);
  return sparse && v.segments !== segments ? Object.create(v, { segments: { value: segments } }) : v;
};
