import { Observable, Subject } from "rxjs";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  dense,
  model,
  optimize,
  predict,
  sgd,
  through,
  train,
  trainer,
  wire,
} from "../../../dist/index.js";

/** The network of a workload. */
export const planOf = (sizes) =>
  chain(
    ...sizes.slice(1).map((outputs, i) => {
      const last = outputs === 1 ? "sigmoid" : "softmax";
      return dense(sizes[i], outputs, { activation: i === sizes.length - 2 ? last : "tanh" });
    }),
  );

export const lossOf = (sizes) => (sizes.at(-1) === 1 ? binaryCrossentropy() : categoricalCrossentropy());

/** Gives parameters, in layer order and W before b, the start weights. */
export const setWeights = (parameters, weights) => {
  const flat = weights.flatMap(({ W, b }) => [W, b]);
  parameters.forEach(({ value }, i) => {
    value.data.set(flat[i]);
  });
};

/** `run` for a loop that takes one batch at a time, and tells the loss. */
const turnOver = (batches, learn) => {
  let at = 0;
  return (n) => {
    let loss = Number.NaN;
    for (let i = 0; i < n; i++) {
      loss = learn(batches[at]);
      at = at + 1 === batches.length ? 0 : at + 1;
    }
    return loss;
  };
};

export const variants = {
  /** `train` on a source that has its batches ready. */
  train: (net, options, batches) => {
    let at = 0;
    let count = 0;
    let loss = Number.NaN;
    const ready$ = new Observable((subscriber) => {
      for (let i = 0; i < count && !subscriber.closed; i++) {
        subscriber.next(batches[at]);
        at = at + 1 === batches.length ? 0 : at + 1;
      }
      subscriber.complete();
    });
    const steps$ = ready$.pipe(train(net, options));
    return (n) => {
      count = n;
      steps$.subscribe({
        next: (step) => {
          loss = step.loss;
        },
        error: (error) => {
          throw error;
        },
      });
      return loss;
    };
  },

  /** The engine under `train`, called. */
  trainer: (net, options, batches) => {
    const engine = trainer(net, options);
    return turnOver(batches, (batch) => engine.learn(batch).loss);
  },

  /** `model.predict`, a call. */
  model: (net, _, batches) => turnOver(batches, ({ x }) => net.predict(x).data[0]),

  /** The operator `predict`, on a stream of matrices. */
  operator: (net, _, batches) => {
    const x$ = new Subject();
    let first = Number.NaN;
    x$.pipe(predict(net)).subscribe((answer) => {
      first = answer.data[0];
    });
    return turnOver(batches, ({ x }) => {
      x$.next(x);
      return first;
    });
  },
};

/** Two ends of a wire, a loss between them, and nothing that checks: the graph as it is. */
const byHand = (plan, loss, rate, weights, batches) => {
  const input = wire({ precision: "float32" });
  const output = through(input.source, plan);
  const own = input.source.wiring.circuit.weights;
  setWeights(own.parameters, weights);
  const frame = { id: -1, mode: "train", value: undefined };
  let target;
  let value = Number.NaN;
  output.value$.subscribe(({ id, mode, value: prediction }) => {
    const result = loss(prediction, target);
    value = result.value;
    output.grad.next({ id, mode, value: result.grad });
  });
  input.sink.grad$.pipe(optimize(sgd(rate), own)).subscribe();
  return turnOver(batches, ({ x, y }) => {
    target = y;
    frame.id++;
    frame.value = x;
    input.sink.value.next(frame);
    return value;
  });
};

export const load = (workload, data, variant) => {
  const { sizes, batch, rate } = workload;
  const batches = data.batches.map(({ x, y }) => ({
    x: { rows: batch, cols: sizes[0], data: x },
    y: { rows: batch, cols: sizes.at(-1), data: y },
  }));
  const plan = planOf(sizes);
  const loss = lossOf(sizes);
  if (variant === "wires") {
    const run = byHand(plan, loss, rate, data.weights, batches);
    return { run, exact: true };
  }
  const precision = variant === "float64" ? "float64" : "float32";
  const net = model(plan, { precision });
  setWeights(net.parameters, data.weights);
  const make = variants[variant === "float64" ? "train" : variant];
  return {
    run: make(net, { loss, optimizer: sgd(rate) }, batches),
    answer: () => batches.slice(0, workload.probes).flatMap(({ x }) => Array.from(net.predict(x).data)),
    exact: true,
    note: net.weights.kernels.name,
  };
};
