import { createRequire } from "node:module";
import { NotApplicable } from "./NotApplicable.mjs";

const require = createRequire(import.meta.url);

export const load = ({ task, sizes, batch, rate, probes }, { batches }) => {
  const connections = sizes.slice(1).reduce((sum, outputs, i) => sum + sizes[i] * outputs, 0);
  if (connections > 20_000)
    throw new NotApplicable(`it makes an object of each connection, and ${connections} of them do not fit`);
  const { Architect, Neuron } = require("synaptic");
  const net = new Architect.Perceptron(...sizes);
  for (const layer of net.layers.hidden) layer.set({ squash: Neuron.squash.TANH });
  const rows = batches.flatMap(({ x, y }) =>
    Array.from({ length: batch }, (_, r) => ({
      input: Array.from(x.slice(r * sizes[0], (r + 1) * sizes[0])),
      output: Array.from(y.slice(r * sizes.at(-1), (r + 1) * sizes.at(-1))),
    })),
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
        const { input, output } = next();
        [value] = net.activate(input);
        if (task !== "predict") net.propagate(rate, output);
      }
      return value;
    },
    answer: () => rows.slice(0, batch * probes).flatMap(({ input }) => Array.from(net.activate(input))),
    exact: false,
    note: `generated code, float64; logistic outputs, no loss${batch > 1 && task === "train" ? "; a step a row, it has no batches" : ""}`,
  };
};
