import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Its main file needs a native library for graphics; where that is missing, its browser file does the same on the CPU. */
const loadBrain = () => {
  try {
    return require("brain.js");
  } catch {
    return require("brain.js/dist/browser.js");
  }
};

export const load = ({ task, sizes, batch, rate, probes }, { batches }) => {
  const { NeuralNetwork } = loadBrain();
  const net = new NeuralNetwork({
    inputSize: sizes[0],
    hiddenLayers: sizes.slice(1, -1),
    outputSize: sizes.at(-1),
    activation: "sigmoid",
    learningRate: rate,
    momentum: Number.MIN_VALUE, // it refuses 0
  });
  net.initialize();
  const rows = batches.flatMap(({ x, y }) =>
    Array.from({ length: batch }, (_, r) => ({
      input: x.slice(r * sizes[0], (r + 1) * sizes[0]),
      output: y.slice(r * sizes.at(-1), (r + 1) * sizes.at(-1)),
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
      if (task === "predict") for (let i = 0; i < n * batch; i++) value = net.runInput(next().input)[0];
      else for (let i = 0; i < n * batch; i++) value = net.trainPattern(next(), true);
      return value;
    },
    answer: () => rows.slice(0, batch * probes).flatMap(({ input }) => Array.from(net.runInput(input))),
    exact: false,
    note: `sigmoid throughout, squared error${batch > 1 && task === "train" ? "; a step a row, it has no batches" : ""}`,
  };
};
