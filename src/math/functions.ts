/** 1 / (1 + e⁻ˣ), without overflow on either side. */
export const logistic = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
};

/** ln(1 + eˣ), without overflow. */
export const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** eˣ from products and sums alone: the same bits everywhere, which Math.exp does not promise. */
export const portableExp = (x: number): number => {
  let halvings = 0;
  let r = x;
  for (; Math.abs(r) > 1 / 16; halvings++) r /= 2;
  let sum = 1;
  let term = 1;
  for (let k = 1; k <= 12; k++) {
    term *= r / k;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum *= sum;
  return sum;
};
