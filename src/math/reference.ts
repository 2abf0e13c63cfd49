// Long because it is the specification: every formula that fast kernels are held to, in one place.
import type { Kernels } from "./kernels.ts";
import { type Data, numbers, type Precision } from "./matrix.ts";

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

  softmax: (rows, n) => (x, y) => {
    for (let o = 0; o < rows * n; o += n) {
      const top = highest(x.data, o, n);
      let sum = 0;
      for (let j = o; j < o + n; j++) {
        y.data[j] = Math.exp(x.data[j]! - top);
        sum += y.data[j]!;
      }
      for (let j = o; j < o + n; j++) y.data[j]! /= sum;
    }
  },

  softmaxBack: (rows, n) => (y, dy, dx) => {
    for (let o = 0; o < rows * n; o += n) {
      let dot = 0;
      for (let j = o; j < o + n; j++) dot += y.data[j]! * dy.data[j]!;
      for (let j = o; j < o + n; j++) dx.data[j] = y.data[j]! * (dy.data[j]! - dot);
    }
  },

  logSoftmax: (rows, n) => (x, y) => {
    for (let o = 0; o < rows * n; o += n) {
      const top = highest(x.data, o, n);
      let sum = 0;
      for (let j = o; j < o + n; j++) sum += Math.exp(x.data[j]! - top);
      const log = top + Math.log(sum);
      for (let j = o; j < o + n; j++) y.data[j] = x.data[j]! - log;
    }
  },

  logSoftmaxBack: (rows, n) => (y, dy, dx) => {
    for (let o = 0; o < rows * n; o += n) {
      let sum = 0;
      for (let j = o; j < o + n; j++) sum += dy.data[j]!;
      for (let j = o; j < o + n; j++) dx.data[j] = dy.data[j]! - Math.exp(y.data[j]!) * sum;
    }
  },

  normalizeRows: (rows, n, epsilon) => (x, gamma, beta, normalized, deviation, y) => {
    for (let i = 0; i < rows; i++) {
      let mean = 0;
      for (let j = 0; j < n; j++) mean += x.data[i * n + j]! / n;
      let variance = 0;
      for (let j = 0; j < n; j++) variance += (x.data[i * n + j]! - mean) ** 2 / n;
      deviation.data[i] = Math.sqrt(variance + epsilon);
      for (let j = 0; j < n; j++) {
        normalized.data[i * n + j] = (x.data[i * n + j]! - mean) / deviation.data[i]!;
        y.data[i * n + j] = gamma.data[j]! * normalized.data[i * n + j]! + beta.data[j]!;
      }
    }
  },

  normalizeRowsBack: (rows, n) => (dy, gamma, normalized, deviation, dGamma, dBeta, dx, accumulate) => {
    if (!accumulate) {
      dGamma.data.fill(0);
      dBeta.data.fill(0);
    }
    for (let i = 0; i < rows; i++) {
      let mean = 0;
      let along = 0;
      for (let j = 0; j < n; j++) {
        const g = gamma.data[j]! * dy.data[i * n + j]!;
        mean += g / n;
        along += (g * normalized.data[i * n + j]!) / n;
        dGamma.data[j]! += dy.data[i * n + j]! * normalized.data[i * n + j]!;
        dBeta.data[j]! += dy.data[i * n + j]!;
      }
      for (let j = 0; j < n; j++) {
        const g = gamma.data[j]! * dy.data[i * n + j]!;
        dx.data[i * n + j] = (g - mean - normalized.data[i * n + j]! * along) / deviation.data[i]!;
      }
    }
  },

  finite: (data) => {
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return false;
    return true;
  },

  finiteDifference: (a, b) => {
    for (let i = 0; i < a.length; i++) if (!Number.isFinite(a[i]! - b[i]!)) return false;
    return true;
  },

  subtract: (a, b) => {
    for (let i = 0; i < a.length; i++) a[i]! -= b[i]!;
  },
});

const highest = (data: Data, from: number, length: number): number => {
  let top = data[from]!;
  for (let j = from + 1; j < from + length; j++) if (data[j]! > top) top = data[j]!;
  return top;
};
