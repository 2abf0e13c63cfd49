export type Rgb = readonly [number, number, number];

/** The color of −1, of 0 and of 1. */
export interface Palette {
  readonly low: Rgb;
  readonly middle: Rgb;
  readonly high: Rgb;
}

/** `rgb(1, 2, 3)`, as browsers write colors, in numbers. */
export const rgbOf = (color: string): Rgb => {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
};

/** The color of a value; beyond −1 and 1 it is that of the end. */
export const shade = (value: number, { low, middle, high }: Palette): Rgb => {
  const v = Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value));
  const [end, share] = [v < 0 ? low : high, Math.abs(v)];
  const mixed = (i: 0 | 1 | 2): number => middle[i] + share * (end[i] - middle[i]);
  return [mixed(0), mixed(1), mixed(2)];
};

/** Values as pixels: red, green, blue and opacity of each. */
export const pixelsOf = (
  values: ArrayLike<number>,
  palette: Palette,
  into: Uint8ClampedArray,
): Uint8ClampedArray => {
  for (let i = 0; i < values.length; i++) {
    const [r, g, b] = shade(values[i]!, palette);
    into[4 * i] = r;
    into[4 * i + 1] = g;
    into[4 * i + 2] = b;
    into[4 * i + 3] = 255;
  }
  return into;
};

/** Every `every`-th value of a square of n × n, in both directions: a smaller square. */
export const thinned = (values: Float32Array, n: number, every: number): Float32Array => {
  const m = Math.floor(n / every);
  return Float32Array.from(
    { length: m * m },
    (_, i) => values[Math.floor(i / m) * every * n + (i % m) * every]!,
  );
};
