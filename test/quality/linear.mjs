import {
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  dense,
  learner,
  meanSquaredError,
  model,
  scaler,
  sgd,
  standardScaler,
  zeroInit,
} from "rxgrad";

/** A rule that sees the gradients of biases times a factor: with sgd, a rate of their own. */
const biasTimes = (factor, rule) => ({
  source: `biasTimes(${factor}, ${rule.source})`,
  init: (w) => ({ inner: rule.init(w), g: w.zeros() }),
  update: (gradient, { inner, g }, w) => {
    g.data.set(gradient.data);
    for (const { name, offset, rows, cols } of gradient.segments)
      if (name.endsWith(".b")) for (let k = offset; k < offset + rows * cols; k++) g.data[k] *= factor;
    return rule.update(g, inner, w);
  },
});

const kinds = {
  value: { loss: meanSquaredError },
  yes: { activation: "sigmoid", loss: binaryCrossentropy },
  classes: { activation: "softmax", loss: categoricalCrossentropy },
};

/**
 * River's linear models: standardized inputs, weights that begin at zero, gradient descent with a rate for the weights and one, 0.01, for the
 * intercept, and squared errors with the gradient 2·(p − y). In its order, too: who learns standardizes by what includes the row.
 * Sparse rows are not standardized. `kind` is "value", "yes" (or no), or "classes".
 */
export const linear = (inputs, outputs, { kind, rate = 0.005, interceptRate = 0.01, sparse = false }) => {
  const { activation, loss } = kinds[kind];
  const layer = dense(inputs, outputs, { init: zeroInit(), sparse, ...(activation ? { activation } : {}) });
  const net = model(chain(layer), { precision: "float64" });
  const optimizer = sparse ? sgd(rate, { lazy: true }) : biasTimes(interceptRate / rate, sgd(rate));
  const own = learner(net, { loss: loss(), optimizer });
  const standard = sparse ? undefined : scaler(standardScaler(inputs));
  let rows = 0;
  return {
    predict: (x) => net.predict(rows > 0 && standard ? standard.transform(x) : x), // before the first row all weights are 0
    learn: (x, y) => {
      standard?.learn(x);
      rows++;
      own.learnBatch({ x: standard ? standard.transform(x) : x, y });
    },
    close: () => {
      own.close();
      net.dispose();
    },
  };
};
