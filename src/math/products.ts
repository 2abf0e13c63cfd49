import type { Matrix } from "./matrix.ts";

/** C = A·B + b: (m × k)·(k × n), b is 1 × n or left out. */
export const affine =
  (m: number, k: number, n: number) =>
  (A: Matrix, B: Matrix, b: Matrix | undefined, C: Matrix): void => {
    const [a, w, c] = [A.data, B.data, C.data];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) c[i * n + j] = 0;
      for (let p = 0; p < k; p++) {
        const x = a[i * k + p]!;
        for (let j = 0; j < n; j++) c[i * n + j]! += x * w[p * n + j]!;
      }
      if (b) for (let j = 0; j < n; j++) c[i * n + j]! += b.data[j]!;
    }
  };

/** C = A·Bᵀ: (m × k)·(n × k)ᵀ. */
export const timesTransposed =
  (m: number, k: number, n: number) =>
  (A: Matrix, B: Matrix, C: Matrix): void => {
    const [a, w, c] = [A.data, B.data, C.data];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[i * k + p]! * w[j * k + p]!;
        c[i * n + j] = sum;
      }
  };

/** C = Aᵀ·B: (m × k)ᵀ·(m × n) gives k × n; added to C with `accumulate`. */
export const transposedTimes =
  (m: number, k: number, n: number) =>
  (A: Matrix, B: Matrix, C: Matrix, accumulate: boolean): void => {
    const [a, w, c] = [A.data, B.data, C.data];
    if (!accumulate) c.fill(0);
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++) {
        const x = a[i * k + p]!;
        for (let j = 0; j < n; j++) c[p * n + j]! += x * w[i * n + j]!;
      }
  };

/** c = Σ over the rows of A: 1 × n; added to c with `accumulate`. */
export const sumRows =
  (m: number, n: number) =>
  (A: Matrix, c: Matrix, accumulate: boolean): void => {
    const [a, sum] = [A.data, c.data];
    if (!accumulate) sum.fill(0);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) sum[j]! += a[i * n + j]!;
  };

/** √Σ aᵢ² */
export const length = ({ data: a }: Matrix): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * a[i]!;
  return Math.sqrt(sum);
};
