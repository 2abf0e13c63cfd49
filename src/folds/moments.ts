/** What was seen of a number: how much of it, its mean, and the sum of its squared distances from that mean. */
export interface Moments {
  weight: number;
  mean: number;
  m2: number;
}

/** Nothing seen yet. */
export const moments = (): Moments => ({ weight: 0, mean: 0, m2: 0 });

/** Sees one more number, in place; with a weight, as if it came so many times (Welford, 1962; West, 1979). */
export const see = (m: Moments, x: number, w = 1): void => {
  if (w === 0) return;
  m.weight += w;
  const d = x - m.mean;
  m.mean += (w * d) / m.weight;
  m.m2 += w * d * (x - m.mean);
};

/** Both together, as if seen in one pass (Chan, Golub & LeVeque, 1983). */
export const seeBoth = (a: Moments, b: Moments): Moments => {
  if (b.weight === 0) return { ...a };
  if (a.weight === 0) return { ...b };
  const weight = a.weight + b.weight;
  const d = b.mean - a.mean;
  return {
    weight,
    mean: a.mean + (d * b.weight) / weight,
    m2: a.m2 + b.m2 + (d * d * a.weight * b.weight) / weight,
  };
};
