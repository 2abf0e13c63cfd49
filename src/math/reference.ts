import type { Kernels } from "./kernels.ts";
import { numbers, type Precision } from "./matrix.ts";

/** The kernels in plain TypeScript: they read like the formulas and are the specification that fast ones are held to. */
export const reference = (precision: Precision = "float64"): Kernels => ({
  name: "reference",
  precision,
  allocate: (length) => numbers(length, precision),

  affine: (m, k, n) => (A, B, b, C) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) C.data[i * n + j] = 0;
      for (let p = 0; p < k; p++) {
        const a = A.data[i * k + p]!;
        for (let j = 0; j < n; j++) C.data[i * n + j]! += a * B.data[p * n + j]!;
      }
      if (b) for (let j = 0; j < n; j++) C.data[i * n + j]! += b.data[j]!;
    }
  },

  timesTransposed: (m, k, n) => (A, B, C) => {
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += A.data[i * k + p]! * B.data[j * k + p]!;
        C.data[i * n + j] = sum;
      }
  },

  transposedTimes: (m, k, n) => (A, B, C, accumulate) => {
    if (!accumulate) C.data.fill(0);
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++) {
        const a = A.data[i * k + p]!;
        for (let j = 0; j < n; j++) C.data[p * n + j]! += a * B.data[i * n + j]!;
      }
  },

  sumRows: (m, n) => (A, c, accumulate) => {
    if (!accumulate) c.data.fill(0);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) c.data[j]! += A.data[i * n + j]!;
  },

  map: (length, f) => (x, y) => {
    for (let i = 0; i < length; i++) y.data[i] = f(x.data[i]!);
  },

  mapBack: (length, df) => (x, y, dy, dx) => {
    for (let i = 0; i < length; i++) dx.data[i] = dy.data[i]! * df(x.data[i]!, y.data[i]!);
  },

  add: (length) => (a, b, c) => {
    for (let i = 0; i < length; i++) c.data[i] = a.data[i]! + b.data[i]!;
  },

  multiply: (length) => (a, b, c) => {
    for (let i = 0; i < length; i++) c.data[i] = a.data[i]! * b.data[i]!;
  },

  columns: (rows, width) => (x, from, y, to, accumulate) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < width; j++) {
        const at = i * y.cols + to + j;
        y.data[at] = (accumulate ? y.data[at]! : 0) + x.data[i * x.cols + from + j]!;
      }
  },

  finite: (data) => {
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return false;
    return true;
  },
});
