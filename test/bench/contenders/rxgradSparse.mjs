import { chain, dense, model, sgd, sparse } from "../../../dist/index.js";
import { lossOf, setWeights, variants } from "./rxgrad.mjs";

/** Batches of index and value rows: the first layer and its update touch only the rows of W that a batch names. */
export const load = (workload, data, variant) => {
  const { sizes, rate, probes } = workload;
  const [inputs, width, outputs] = sizes;
  const plan = chain(
    dense(inputs, width, { activation: "tanh", sparse: true }),
    dense(width, outputs, { activation: "sigmoid" }),
  );
  const batches = data.batches.map(({ indices, y }) => ({
    x: sparse([Array.from(indices, (i) => [i, 1])], inputs, { precision: "float32" }),
    y: { rows: 1, cols: outputs, data: y },
  }));
  const net = model(plan, { precision: "float32" });
  setWeights(net.parameters, data.weights);
  return {
    run: variants[variant](net, { loss: lossOf(sizes), optimizer: sgd(rate, { lazy: true }) }, batches),
    answer: () => batches.slice(0, probes).map(({ x }) => net.predict(x).data[0]),
    exact: true,
    note: `${net.weights.kernels.name}, sgd lazy`,
  };
};
