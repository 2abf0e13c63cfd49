/** The sparse network by hand: the first layer and its update touch only the rows of W that the indices name. */
export const load = ({ sizes, rate, probes }, { weights, batches }) => {
  const [, width] = sizes;
  const [W, V] = weights.map((one) => one.W);
  const [b, c] = weights.map((one) => one.b);
  const a = new Float32Array(width);
  const forward = (indices) => {
    a.set(b);
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i] * width;
      for (let j = 0; j < width; j++) a[j] += W[row + j];
    }
    let z = c[0];
    for (let j = 0; j < width; j++) {
      a[j] = Math.tanh(a[j]);
      z += a[j] * V[j];
    }
    return 1 / (1 + Math.exp(-z));
  };
  const learn = (indices, y) => {
    const p = forward(indices);
    const dz = rate * (p - y);
    for (let j = 0; j < width; j++) {
      const da = dz * V[j] * (1 - a[j] * a[j]);
      V[j] -= dz * a[j];
      a[j] = da;
      b[j] -= da;
    }
    c[0] -= dz;
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i] * width;
      for (let j = 0; j < width; j++) W[row + j] -= a[j];
    }
    return -Math.log(y ? p : 1 - p);
  };
  let at = 0;
  return {
    run: (n) => {
      let loss = Number.NaN;
      for (let i = 0; i < n; i++) {
        const { indices, y } = batches[at];
        loss = learn(indices, y[0]);
        at = at + 1 === batches.length ? 0 : at + 1;
      }
      return loss;
    },
    answer: () => batches.slice(0, probes).map(({ indices }) => forward(indices)),
    exact: true,
    note: "touches only the rows that are there",
  };
};
