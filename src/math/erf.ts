/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt, to about 1e-15: the series with positive terms only
 * (Abramowitz & Stegun 7.1.6), so nothing cancels.
 */
export const erf = (x: number): number => {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  let term = a;
  let sum = a;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
};
