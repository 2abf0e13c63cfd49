import { finite } from "./invalid.ts";
import type { Matrix } from "./matrix.ts";
import type { Random } from "./random.ts";

/** Fills a new parameter of fanIn rows and fanOut columns. */
export type Initializer = (m: Matrix, random: Random) => void;

const uniform =
  (bound: (fanIn: number, fanOut: number) => number): Initializer =>
  (m, random) => {
    const a = bound(m.rows, m.cols);
    for (let i = 0; i < m.data.length; i++) m.data[i] = a * (2 * random.uniform() - 1);
  };

const normal =
  (deviation: (fanIn: number, fanOut: number) => number): Initializer =>
  (m, random) => {
    const s = deviation(m.rows, m.cols);
    for (let i = 0; i < m.data.length; i++) m.data[i] = s * random.normal();
  };

/** Every element is c. */
export const constant = (c: number): Initializer => {
  finite(`constant(${c})`, "c", c);
  return (m) => {
    m.data.fill(c);
  };
};

/** Every element is zero. */
export const zeroInit = (): Initializer => constant(0);

/** U(−a, a) with a = √(6 / (fanIn + fanOut)): keeps variances through tanh and sigmoid (Glorot & Bengio, 2010). */
export const glorotUniform = (): Initializer => uniform((i, o) => Math.sqrt(6 / (i + o)));
/** N(0, 2 / (fanIn + fanOut)) (Glorot & Bengio, 2010). */
export const glorotNormal = (): Initializer => normal((i, o) => Math.sqrt(2 / (i + o)));
/** U(−a, a) with a = √(6 / fanIn): keeps variances through relu (He et al., 2015). */
export const heUniform = (): Initializer => uniform((i) => Math.sqrt(6 / i));
/** N(0, 2 / fanIn) (He et al., 2015). */
export const heNormal = (): Initializer => normal((i) => Math.sqrt(2 / i));
/** U(−a, a) with a = √(3 / fanIn), made for selu (LeCun et al., 1998; Klambauer et al., 2017). */
export const lecunUniform = (): Initializer => uniform((i) => Math.sqrt(3 / i));
/** N(0, 1 / fanIn) (LeCun et al., 1998). */
export const lecunNormal = (): Initializer => normal((i) => Math.sqrt(1 / i));
/** U(low, high). */
export const uniformInit = (low: number, high: number): Initializer => {
  const source = `uniformInit(${low}, ${high})`;
  finite(source, "low", low);
  finite(source, "high", high, { min: low });
  return (m, random) => {
    for (let i = 0; i < m.data.length; i++) m.data[i] = low + (high - low) * random.uniform();
  };
};
/** N(mean, deviation²). */
export const normalInit = (mean = 0, deviation = 1): Initializer => {
  const source = `normalInit(${mean}, ${deviation})`;
  finite(source, "mean", mean);
  finite(source, "deviation", deviation, { min: 0 });
  return (m, random) => {
    for (let i = 0; i < m.data.length; i++) m.data[i] = mean + deviation * random.normal();
  };
};

/** Orthonormal rows or columns, whichever are fewer, times gain (Saxe et al., 2014), by Gram–Schmidt done twice. */
export const orthogonal =
  (gain = 1): Initializer =>
  (m, random) => {
    const [count, length] = m.rows <= m.cols ? [m.rows, m.cols] : [m.cols, m.rows];
    const q: Float64Array[] = [];
    while (q.length < count) {
      const v = Float64Array.from({ length }, () => random.normal());
      for (let pass = 0; pass < 2; pass++)
        for (const u of q) {
          const along = v.reduce((sum, vj, j) => sum + vj * u[j]!, 0);
          for (let j = 0; j < length; j++) v[j]! -= along * u[j]!;
        }
      const norm = Math.sqrt(v.reduce((sum, vj) => sum + vj * vj, 0)); // Math.hypot may round differently elsewhere
      if (norm > 1e-8) q.push(v.map((vj) => vj / norm));
    }
    const wide = m.rows <= m.cols;
    for (let i = 0; i < m.rows; i++)
      for (let j = 0; j < m.cols; j++) m.data[i * m.cols + j] = gain * (wide ? q[i]![j]! : q[j]![i]!);
  };
