import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";

/** One compiled function from weights and batch to loss and weights; batches are its arrays beforehand. */
export const load = async ({ task, sizes, batch, rate, probes }, { weights, batches }) => {
  await init("wasm");
  defaultDevice("wasm");
  const own = batches.map(({ x, y }) => ({
    x: np.array(x).reshape([batch, sizes[0]]),
    y: np.array(y).reshape([batch, sizes.at(-1)]),
  }));
  const binary = sizes.at(-1) === 1;
  const depth = weights.length;
  const logits = (params, x) => {
    let a = x;
    params.forEach(({ W, b }, i) => {
      const z = np.matmul(a, W).add(b);
      a = i < depth - 1 ? np.tanh(z) : z;
    });
    return a;
  };
  const loss = (params, x, y) => {
    const z = logits(params, x);
    // log(1 + exp(z)) − y·z, and −Σ y·log softmax(z)
    return binary
      ? nn.softplus(z.ref).sub(y.mul(z)).mean()
      : nn
          .logSoftmax(z)
          .mul(y)
          .sum()
          .mul(-1 / batch);
  };
  const step = jit((params, x, y) => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), x, y);
    const updated = params.map(({ W, b }, i) => ({
      W: W.sub(grads[i].W.mul(rate)),
      b: b.sub(grads[i].b.mul(rate)),
    }));
    return [value, updated];
  });
  const probabilities = jit((params, x) => {
    const z = logits(params, x);
    return binary ? nn.sigmoid(z) : nn.softmax(z);
  });
  let params = weights.map(({ W, b }, i) => ({
    W: np.array(W).reshape([sizes[i], sizes[i + 1]]),
    b: np.array(b),
  }));
  let at = 0;
  const next = () => {
    const one = own[at];
    at = at + 1 === own.length ? 0 : at + 1;
    return one;
  };
  const learn = ({ x, y }) => {
    const [value, updated] = step(params, x.ref, y.ref);
    params = updated;
    return value.dataSync()[0];
  };
  const answer = ({ x }) => probabilities(tree.ref(params), x.ref).dataSync();
  return {
    run: (n) => {
      let value = Number.NaN;
      for (let i = 0; i < n; i++) value = task === "predict" ? answer(next())[0] : learn(next());
      return value;
    },
    answer: () => own.slice(0, probes).flatMap((one) => Array.from(answer(one))),
    exact: true,
    note: "jit, wasm",
  };
};
