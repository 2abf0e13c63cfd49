import { from } from "rxjs";
import {
  accuracy,
  logLoss,
  mae,
  minibatch,
  model,
  prequential,
  scaler,
  sgd,
  standardize,
} from "../../../dist/index.js";
import { lossOf, planOf } from "./rxgrad.mjs";

const length = 2 ** 16;

/** Events as an application has them, through everything up to learned weights and metrics. */
export const load = ({ sizes, rate, probes }, { batches }) => {
  const samples = Array.from({ length }, (_, i) => {
    const { x, y } = batches[i % batches.length];
    return { x: Array.from(x), y: y[0] };
  });
  const net = model(planOf(sizes), { precision: "float32", seed: 1 });
  const inputs = scaler();
  const metrics = { accuracy: accuracy(), logLoss: logLoss(), mae: mae() };
  const pipe = (events) => {
    let loss = Number.NaN;
    from(events)
      .pipe(
        minibatch(1),
        standardize({ inputs }),
        prequential(net, { loss: lossOf(sizes), optimizer: sgd(rate), metrics }),
      )
      .subscribe({
        next: (step) => {
          loss = step.metrics.logLoss;
        },
        error: (error) => {
          throw error;
        },
      });
    return loss;
  };
  return {
    run: (n) => {
      let loss = Number.NaN;
      for (let left = n; left > 0; left -= length)
        loss = pipe(left < length ? samples.slice(0, left) : samples);
      return loss;
    },
    answer: () =>
      batches.slice(0, probes).map(({ x }) => net.predict({ rows: 1, cols: sizes[0], data: x }).data[0]),
    exact: false,
    note: "metrics: accuracy, log loss, mean absolute error",
  };
};
