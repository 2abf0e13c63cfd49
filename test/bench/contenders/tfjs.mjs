import * as tf from "@tensorflow/tfjs";

/** Layers written with its operations, which costs less than its layers API; batches are tensors beforehand. */
export const load = async ({ task, sizes, batch, rate, probes }, { weights, batches }, variant) => {
  if (variant === "wasm") {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    wasm.setThreadsCount(1);
    if (globalThis.document) wasm.setWasmPaths("/");
  }
  if (!(await tf.setBackend(variant))) throw new Error(`the ${variant} backend does not start`);
  await tf.ready();
  const W = weights.map((one, i) => tf.variable(tf.tensor2d(one.W, [sizes[i], sizes[i + 1]])));
  const b = weights.map((one) => tf.variable(tf.tensor1d(one.b)));
  const own = batches.map(({ x, y }) => ({
    x: tf.tensor2d(x, [batch, sizes[0]]),
    y: tf.tensor2d(y, [batch, sizes.at(-1)]),
  }));
  const binary = sizes.at(-1) === 1;
  const logits = (x) =>
    W.reduce((a, w, i) => {
      const z = tf.add(tf.matMul(a, w), b[i]);
      return i < W.length - 1 ? tf.tanh(z) : z;
    }, x);
  const probabilities = (x) => tf.tidy(() => (binary ? tf.sigmoid(logits(x)) : tf.softmax(logits(x))));
  const loss = binary ? tf.losses.sigmoidCrossEntropy : tf.losses.softmaxCrossEntropy;
  const optimizer = tf.train.sgd(rate);
  let at = 0;
  const next = () => {
    const one = own[at];
    at = at + 1 === own.length ? 0 : at + 1;
    return one;
  };
  const learn = ({ x, y }) => {
    const cost = optimizer.minimize(() => loss(y, logits(x)), true, [...W, ...b]);
    const [value] = cost.dataSync();
    cost.dispose();
    return value;
  };
  const answer = ({ x }) => {
    const p = probabilities(x);
    const values = p.dataSync();
    p.dispose();
    return values;
  };
  return {
    run: (n) => {
      let value = Number.NaN;
      for (let i = 0; i < n; i++) value = task === "predict" ? answer(next())[0] : learn(next());
      return value;
    },
    answer: () => own.slice(0, probes).flatMap((one) => Array.from(answer(one))),
    exact: true,
    note: variant === "wasm" ? "one thread" : undefined,
  };
};
