/**
 * A network written out by hand for the engine's compiler: flat arrays, loops over two rows and four terms at a time, no
 * allocation, the update fused into the product that makes the gradient.
 */
export const network = (Floats, sizes, batch, weights) => {
  const depth = weights.length;
  const W = weights.map((one) => Floats.from(one.W));
  const b = weights.map((one) => Floats.from(one.b));
  const A = sizes.map((width) => new Floats(batch * width));
  const D = sizes.map((width) => new Floats(batch * width));

  const forward = (x) => {
    A[0] = x;
    for (let l = 0; l < depth; l++) {
      affine(A[l], W[l], b[l], A[l + 1], batch, sizes[l], sizes[l + 1]);
      if (l < depth - 1) tanh(A[l + 1]);
    }
    const last = A[depth];
    if (sizes[depth] === 1) sigmoid(last);
    else softmax(last, batch, sizes[depth]);
    return last;
  };
  const learn = (x, y, rate) => {
    const p = forward(x);
    const loss = crossentropy(p, y, batch, sizes[depth]);
    const dLast = D[depth];
    for (let i = 0; i < p.length; i++) dLast[i] = (p[i] - y[i]) / batch;
    for (let l = depth - 1; l >= 0; l--) {
      const dz = D[l + 1];
      if (l > 0) {
        timesTransposed(dz, W[l], D[l], batch, sizes[l], sizes[l + 1]);
        const a = A[l];
        const d = D[l];
        for (let i = 0; i < d.length; i++) d[i] *= 1 - a[i] * a[i];
      }
      descend(A[l], dz, W[l], b[l], rate, batch, sizes[l], sizes[l + 1]);
    }
    return loss;
  };
  return { forward, learn };
};

/** z = x·W + b */
const affine = (x, W, b, z, n, k, m) => {
  for (let r = 0; r < n; r++) for (let j = 0; j < m; j++) z[r * m + j] = b[j];
  let r = 0;
  for (; r + 1 < n; r += 2) {
    const z0 = r * m;
    const z1 = z0 + m;
    let i = 0;
    for (; i + 3 < k; i += 4) {
      const xr = r * k + i;
      const xs = xr + k;
      const a0 = x[xr];
      const a1 = x[xr + 1];
      const a2 = x[xr + 2];
      const a3 = x[xr + 3];
      const c0 = x[xs];
      const c1 = x[xs + 1];
      const c2 = x[xs + 2];
      const c3 = x[xs + 3];
      const w = i * m;
      for (let j = 0; j < m; j++) {
        const w0 = W[w + j];
        const w1 = W[w + m + j];
        const w2 = W[w + 2 * m + j];
        const w3 = W[w + 3 * m + j];
        z[z0 + j] += a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3;
        z[z1 + j] += c0 * w0 + c1 * w1 + c2 * w2 + c3 * w3;
      }
    }
    for (; i < k; i++) {
      const a = x[r * k + i];
      const c = x[r * k + k + i];
      for (let j = 0; j < m; j++) {
        z[z0 + j] += a * W[i * m + j];
        z[z1 + j] += c * W[i * m + j];
      }
    }
  }
  if (r < n) {
    const z0 = r * m;
    let i = 0;
    for (; i + 3 < k; i += 4) {
      const a0 = x[r * k + i];
      const a1 = x[r * k + i + 1];
      const a2 = x[r * k + i + 2];
      const a3 = x[r * k + i + 3];
      const w = i * m;
      for (let j = 0; j < m; j++)
        z[z0 + j] += a0 * W[w + j] + a1 * W[w + m + j] + a2 * W[w + 2 * m + j] + a3 * W[w + 3 * m + j];
    }
    for (; i < k; i++) {
      const a = x[r * k + i];
      for (let j = 0; j < m; j++) z[z0 + j] += a * W[i * m + j];
    }
  }
};

/** dx = dz·Wᵀ */
const timesTransposed = (dz, W, dx, n, k, m) => {
  for (let r = 0; r < n; r++) {
    const d = r * m;
    let i = 0;
    for (; i + 3 < k; i += 4) {
      const w = i * m;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < m; j++) {
        const g = dz[d + j];
        s0 += g * W[w + j];
        s1 += g * W[w + m + j];
        s2 += g * W[w + 2 * m + j];
        s3 += g * W[w + 3 * m + j];
      }
      dx[r * k + i] = s0;
      dx[r * k + i + 1] = s1;
      dx[r * k + i + 2] = s2;
      dx[r * k + i + 3] = s3;
    }
    for (; i < k; i++) {
      let s = 0;
      for (let j = 0; j < m; j++) s += dz[d + j] * W[i * m + j];
      dx[r * k + i] = s;
    }
  }
};

/** W ← W − rate·xᵀ·dz, b ← b − rate·Σ dz */
const descend = (x, dz, W, b, rate, n, k, m) => {
  let r = 0;
  for (; r + 3 < n; r += 4) {
    const d = r * m;
    for (let i = 0; i < k; i++) {
      const a0 = rate * x[r * k + i];
      const a1 = rate * x[(r + 1) * k + i];
      const a2 = rate * x[(r + 2) * k + i];
      const a3 = rate * x[(r + 3) * k + i];
      const w = i * m;
      for (let j = 0; j < m; j++)
        W[w + j] -= a0 * dz[d + j] + a1 * dz[d + m + j] + a2 * dz[d + 2 * m + j] + a3 * dz[d + 3 * m + j];
    }
  }
  for (; r < n; r++) {
    const d = r * m;
    for (let i = 0; i < k; i++) {
      const a = rate * x[r * k + i];
      for (let j = 0; j < m; j++) W[i * m + j] -= a * dz[d + j];
    }
  }
  for (let q = 0; q < n; q++) for (let j = 0; j < m; j++) b[j] -= rate * dz[q * m + j];
};

const tanh = (z) => {
  for (let i = 0; i < z.length; i++) z[i] = Math.tanh(z[i]);
};

export const sigmoid = (z) => {
  for (let i = 0; i < z.length; i++) z[i] = 1 / (1 + Math.exp(-z[i]));
};

const softmax = (z, n, m) => {
  for (let r = 0; r < n; r++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let j = r * m; j < r * m + m; j++) if (z[j] > max) max = z[j];
    let sum = 0;
    for (let j = r * m; j < r * m + m; j++) {
      z[j] = Math.exp(z[j] - max);
      sum += z[j];
    }
    for (let j = r * m; j < r * m + m; j++) z[j] /= sum;
  }
};

/** The mean over the rows; binary where there is one column. */
export const crossentropy = (p, y, n, m) => {
  let sum = 0;
  if (m === 1) for (let r = 0; r < n; r++) sum -= Math.log(y[r] ? p[r] : 1 - p[r]);
  else for (let i = 0; i < p.length; i++) if (y[i]) sum -= Math.log(p[i]);
  return sum / n;
};

export const load = ({ task, sizes, batch, rate, probes }, { weights, batches }, variant) => {
  const Floats = variant === "float64" ? Float64Array : Float32Array;
  const { forward, learn } = network(Floats, sizes, batch, weights);
  const own = batches.map(({ x, y }) => ({ x: Floats.from(x), y: Floats.from(y) }));
  let at = 0;
  const next = () => {
    const one = own[at];
    at = at + 1 === own.length ? 0 : at + 1;
    return one;
  };
  const train = (n) => {
    let loss = Number.NaN;
    for (let i = 0; i < n; i++) {
      const { x, y } = next();
      loss = learn(x, y, rate);
    }
    return loss;
  };
  const predict = (n) => {
    let first = Number.NaN;
    for (let i = 0; i < n; i++) first = forward(next().x)[0];
    return first;
  };
  return {
    run: task === "predict" ? predict : train,
    answer: () => own.slice(0, probes).flatMap(({ x }) => Array.from(forward(x))),
    exact: true,
  };
};
