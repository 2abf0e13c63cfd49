/** A line through values at equal distances, as SVG draws it, in a box of so much space; values from `least` to `most`. */
export const linePath = (
  values: readonly number[],
  width: number,
  height: number,
  least: number,
  most: number,
): string => {
  const y = (v: number): number =>
    height - ((Math.max(least, Math.min(most, v)) - least) / (most - least || 1)) * height;
  let pen = "M";
  return values
    .map((v, i) => {
      if (!Number.isFinite(v)) {
        pen = "M";
        return "";
      }
      const point = `${pen}${((i / Math.max(1, values.length - 1)) * width).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
};

/** The least of 1, 2 and 5, and of these times powers of ten, that is no less. */
export const roundUp = (v: number): number => {
  if (!(v > 0) || !Number.isFinite(v)) return 1;
  const ten = 10 ** Math.floor(Math.log10(v));
  return ([1, 2, 5].find((m) => m * ten >= v) ?? 10) * ten;
};
