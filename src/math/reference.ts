// Long because it is the specification: every formula that fast kernels are held to, in one place.
import { gruStep } from "./gruStep.ts";
import type { Inlet, Kernels } from "./kernels.ts";
import { lstmStep } from "./lstmStep.ts";
import { type Data, type Matrix, type Precision, zeros } from "./matrix.ts";
import { affine, length, sumRows, timesTransposed, transposedTimes } from "./products.ts";
import { isSparse } from "./sparse.ts";

/** The kernels in plain TypeScript: they read like the formulas and are the specification that fast ones are held to. */
export const reference = (precision: Precision = "float64"): Kernels => ({
  name: "reference",
  precision,
  zeros: (rows, cols) => zeros(rows, cols, precision),
  free: () => {},
  slice: (of, offset, rows, cols): Slice => ({ rows, cols, offset, data: part(of, offset, rows, cols) }),
  rebase: (slice, to) => {
    const { offset, rows, cols } = slice as Slice;
    (slice as Slice).data = part(to, offset, rows, cols);
  },
  inlet: () => inlet(precision),

  fuses: () => false,
  dense: ({ rows: n, inputs, outputs, wantsInputGrad }) => ({
    forward: (x, W, b, y) => {
      affine(n, inputs, outputs)(x, W, b, y); //                          y = x·W + b    n × outputs
    },
    backward: (x, _y, dy, W, dW, db, dx, accumulate) => {
      transposedTimes(n, inputs, outputs)(x, dy, dW, accumulate); //       dW = xᵀ·dy     inputs × outputs
      if (db) sumRows(n, outputs)(dy, db, accumulate); //                  db = Σ dy      1 × outputs
      if (wantsInputGrad) timesTransposed(n, outputs, inputs)(dy, W, dx); // dx = dy·Wᵀ   n × inputs
    },
  }),

  sparse: (rows, outputs) => ({
    times: (x, W, b, y) => {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < outputs; j++) {
          let sum = b ? b.data[j]! : 0;
          for (let k = x.starts[i]!; k < x.starts[i + 1]!; k++)
            sum += x.values[k]! * W.data[x.indices[k]! * outputs + j]!;
          y.data[i * outputs + j] = sum;
        }
    },
    scatter: (x, dz, dW, db, accumulate) => {
      for (let i = 0; i < rows; i++)
        for (let k = x.starts[i]!; k < x.starts[i + 1]!; k++)
          for (let j = 0; j < outputs; j++)
            dW.data[x.indices[k]! * outputs + j]! += x.values[k]! * dz.data[i * outputs + j]!;
      if (db) sumRows(rows, outputs)(dz, db, accumulate);
    },
  }),

  map: (length, _, f) => (x, y) => {
    for (let i = 0; i < length; i++) y.data[i] = f(x.data[i]!);
  },

  mapBack: (length, _, df) => (x, y, dy, dx) => {
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

  moments: (rows, n) => (x, mean, variance) => {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = j; i < rows * n; i += n) sum += x.data[i]!;
      mean.data[j] = sum / rows;
      let squares = 0;
      for (let i = j; i < rows * n; i += n) squares += (x.data[i]! - mean.data[j]!) ** 2;
      variance.data[j] = squares / rows;
    }
  },

  normalizeColumns: (rows, n, epsilon) => (x, mean, variance, gamma, beta, normalized, y) => {
    for (let j = 0; j < n; j++) {
      const deviation = Math.sqrt(variance.data[j]! + epsilon);
      for (let i = j; i < rows * n; i += n) {
        normalized.data[i] = (x.data[i]! - mean.data[j]!) / deviation;
        y.data[i] = gamma.data[j]! * normalized.data[i]! + beta.data[j]!;
      }
    }
  },

  normalizeColumnsBack:
    (rows, n, epsilon) => (dy, gamma, normalized, variance, dGamma, dBeta, dx, accumulate, fixed) => {
      for (let j = 0; j < n; j++) {
        let dγ = 0;
        let dβ = 0;
        for (let i = j; i < rows * n; i += n) {
          dγ += dy.data[i]! * normalized.data[i]!;
          dβ += dy.data[i]!;
        }
        const scale = gamma.data[j]! / Math.sqrt(variance.data[j]! + epsilon);
        const mean = fixed ? 0 : dβ / rows;
        const along = fixed ? 0 : dγ / rows;
        for (let i = j; i < rows * n; i += n)
          dx.data[i] = scale * (dy.data[i]! - mean - normalized.data[i]! * along);
        dGamma.data[j] = (accumulate ? dGamma.data[j]! : 0) + dγ;
        dBeta.data[j] = (accumulate ? dBeta.data[j]! : 0) + dβ;
      }
    },

  approach: (length) => (a, b, factor, rate) => {
    for (let i = 0; i < length; i++) a.data[i]! += rate * (factor * b.data[i]! - a.data[i]!);
  },

  gather: (count, size, width) => (x, W, y) => {
    for (let i = 0; i < count; i++) {
      const index = x.data[i]!;
      if (!(Number.isInteger(index) && index >= 0 && index < size)) return i;
      for (let j = 0; j < width; j++) y.data[i * width + j] = W.data[index * width + j]!;
    }
    return -1;
  },

  scatter: (count, width) => (x, dy, dW) => {
    for (let i = 0; i < count; i++)
      for (let j = 0; j < width; j++) dW.data[x.data[i]! * width + j]! += dy.data[i * width + j]!;
  },

  gru: gruStep,
  lstm: lstmStep,
  loss: () => undefined,
  rule: () => undefined,
  norm: length,

  finiteSquares: ({ data }, from, to) => {
    const largest = precision === "float32" ? 1.8446742e19 : 1.3407807929942596e154; // √ of the largest number
    for (let i = from; i < to; i++) if (!(Math.abs(data[i]!) <= largest)) return false;
    return true;
  },

  finiteDifference: ({ data: a }, { data: b }) => {
    for (let i = 0; i < a.length; i++) if (!Number.isFinite(a[i]! - b[i]!)) return false;
    return true;
  },

  subtract: ({ data: a }, { data: b }) => {
    for (let i = 0; i < a.length; i++) a[i]! -= b[i]!;
  },
});

const highest = (data: Data, from: number, length: number): number => {
  let top = data[from]!;
  for (let j = from + 1; j < from + length; j++) if (data[j]! > top) top = data[j]!;
  return top;
};

/** A matrix that is a part of another one. */
interface Slice extends Matrix {
  data: Data;
  readonly offset: number;
}

const part = ({ data }: Matrix, offset: number, rows: number, cols: number): Data =>
  data.subarray(offset, offset + rows * cols);

/** Copies what is of the other precision. */
const inlet = (precision: Precision): Inlet => {
  let held = zeros(0, 0, precision);
  const native = held.data.constructor;
  return {
    admit: (m) => {
      if (!isSparse(m) && m.data.constructor === native) return m;
      if (held.rows !== m.rows || held.cols !== m.cols) held = zeros(m.rows, m.cols, precision);
      held.data.set(m.data);
      return held;
    },
    free: () => {},
  };
};
