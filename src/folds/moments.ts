/**
 * What was seen of a number: how much of it, its mean, and the sum of its squared distances from that mean. The mean is
 * kept as a distance from the first number, or around 1e9 its rounding would cost the variance half of its digits.
 */
export interface Moments {
  weight: number;
  origin: number;
  /** Mean − origin. */
  shift: number;
  m2: number;
}

/** Nothing seen yet. */
export const moments = (): Moments => ({ weight: 0, origin: 0, shift: 0, m2: 0 });

/** NaN when nothing was seen. */
export const meanOf = ({ weight, origin, shift }: Moments): number =>
  weight > 0 ? origin + shift : Number.NaN;

/** Sees one more number, in place; with a weight, as if it came so many times (Welford, 1962; West, 1979). */
export const see = (m: Moments, x: number, w = 1): void => {
  if (w === 0) return;
  if (m.weight === 0) m.origin = x;
  m.weight += w;
  const v = x - m.origin;
  const d = v - m.shift;
  m.shift += (w * d) / m.weight;
  m.m2 += w * d * (v - m.shift);
};

/** Both together, as if seen in one pass (Chan, Golub & LeVeque, 1983). */
export const seeBoth = (a: Moments, b: Moments): Moments => {
  if (b.weight === 0) return { ...a };
  if (a.weight === 0) return { ...b };
  const weight = a.weight + b.weight;
  const d = b.origin - a.origin + (b.shift - a.shift);
  return {
    weight,
    origin: a.origin,
    shift: a.shift + (d * b.weight) / weight,
    m2: a.m2 + b.m2 + (d * d * a.weight * b.weight) / weight,
  };
};
