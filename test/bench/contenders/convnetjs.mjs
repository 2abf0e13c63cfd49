import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const load = ({ task, sizes, batch, rate, probes }, { batches }) => {
  const { Net, Trainer, Vol } = require("convnetjs");
  const [inputs, outputs] = [sizes[0], sizes.at(-1)];
  const net = new Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: inputs },
    ...sizes.slice(1, -1).map((num_neurons) => ({ type: "fc", num_neurons, activation: "tanh" })),
    { type: "softmax", num_classes: Math.max(outputs, 2) },
  ]);
  const trainer = new Trainer(net, { method: "sgd", learning_rate: rate, momentum: 0, batch_size: batch });
  const rows = batches.flatMap(({ x, y }) =>
    Array.from({ length: batch }, (_, r) => {
      const vol = new Vol(1, 1, inputs, 0);
      vol.w.set(x.subarray(r * inputs, (r + 1) * inputs));
      return { vol, label: outputs === 1 ? y[r] : y.indexOf(1, r * outputs) - r * outputs };
    }),
  );
  let at = 0;
  const next = () => {
    const one = rows[at];
    at = at + 1 === rows.length ? 0 : at + 1;
    return one;
  };
  return {
    run: (n) => {
      let value = Number.NaN;
      for (let i = 0; i < n * batch; i++) {
        const { vol, label } = next();
        value = task === "predict" ? net.forward(vol).w[0] : trainer.train(vol, label).loss;
      }
      return value;
    },
    answer: () =>
      rows.slice(0, batch * probes).flatMap(({ vol }) => {
        const p = Array.from(net.forward(vol).w);
        return outputs === 1 ? [p[1]] : p;
      }),
    exact: false,
    note: outputs === 1 ? "float64; softmax over two classes" : "float64",
  };
};
