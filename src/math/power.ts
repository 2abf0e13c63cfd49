/**
 * xʸ for x ≥ 0, the same bits in every version of Node, where `**` is rounded otherwise from one engine to the next. Whole
 * powers up to 64, which are multiplied, and square roots are as exact as can be; others are within some |y ln x| roundings.
 */
export const power = (x: number, y: number): number => {
  if (y < 0) return 1 / power(x, -y);
  if (y === 0.5) return Math.sqrt(x);
  if (y > 64 || !Number.isInteger(y)) return Math.exp(y * Math.log(x));
  let product = 1;
  for (let n = y, square = x; n > 0; n = Math.floor(n / 2), square *= square)
    if (n % 2 === 1) product *= square;
  return product;
};
