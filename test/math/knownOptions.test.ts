import {
  accumulate,
  accuracy,
  adadelta,
  adagrad,
  adam,
  adwin,
  auc,
  backpressure,
  balancedAccuracy,
  batchNorm,
  binaryCrossentropy,
  calibrationError,
  categoricalCrossentropy,
  clipByValue,
  cohenKappa,
  conformalInterval,
  conformalSet,
  confusionMatrix,
  cosine,
  cusum,
  ddm,
  delayed,
  dense,
  divergence,
  earlyStopping,
  eddm,
  embedding,
  epochs,
  exponentialDecay,
  fBeta,
  focal,
  fromPull,
  ftrl,
  gelu,
  geometricMean,
  hddmA,
  hddmW,
  huber,
  inverseTime,
  kappaM,
  kappaTemporal,
  kswin,
  l1,
  layerNorm,
  learner,
  logging,
  matthewsCorrelation,
  meanSquaredError,
  minibatch,
  model,
  multitask,
  nadam,
  oneCycle,
  pageHinkley,
  platt,
  poisson,
  prAuc,
  precision,
  prequential,
  quarantine,
  recall,
  reduceOnPlateau,
  rmsprop,
  robustScaler,
  sgd,
  split,
  standardize,
  stepDecay,
  temperature,
  train,
  variance,
  weightDecay,
  withBaselines,
  yieldEvery,
} from "rxgrad";
import { expect, it } from "vitest";
import { knownOptions } from "../../src/math/invalid.ts";

/** What a caller without types may write. */
const untyped = (options: object): never => options as never;
const net = model(dense(1, 1));
const learning = { loss: meanSquaredError(), optimizer: sgd(0.1) };

const misspelt: [build: () => unknown, message: string][] = [
  [
    () => adam(0.1, untyped({ beta3: 0.5 })),
    "adam(0.1, { beta3: 0.5 }) expects options named beta1, beta2, epsilon, weightDecay, lazy, got beta3",
  ],
  [
    () => nadam(0.1, untyped({ momentum: 0.5 })),
    "nadam(0.1, { momentum: 0.5 }) expects options named beta1, beta2, epsilon, momentumDecay, weightDecay, lazy, got momentum",
  ],
  [
    () => sgd(0.1, untyped({ decay: 1 })),
    "sgd(0.1, { decay: 1 }) expects options named momentum, nesterov, weightDecay, lazy, got decay",
  ],
  [
    () => rmsprop(0.1, untyped({ alpha: 0.9 })),
    "rmsprop(0.1, { alpha: 0.9 }) expects options named rho, epsilon, momentum, centered, weightDecay, lazy, got alpha",
  ],
  [
    () => adagrad(0.1, untyped({ eps: 1 })),
    "adagrad(0.1, { eps: 1 }) expects options named epsilon, weightDecay, lazy, got eps",
  ],
  [
    () => adadelta(1, untyped({ eps: 1 })),
    "adadelta(1, { eps: 1 }) expects options named rho, epsilon, weightDecay, lazy, got eps",
  ],
  [
    () => ftrl(untyped({ weightDecay: 1 })),
    "ftrl({ weightDecay: 1 }) expects options named alpha, beta, l1, l2, lazy, got weightDecay",
  ],
  [() => clipByValue(1, untyped({ by: 1 })), "clipByValue(1, { by: 1 }) expects options named lazy, got by"],
  [() => l1(1, untyped({ by: 1 })), "l1(1, { by: 1 }) expects options named lazy, got by"],
  [() => weightDecay(1, untyped({ by: 1 })), "weightDecay(1, { by: 1 }) expects options named lazy, got by"],
  [
    () => cosine(1, untyped({ steps: 5, min: 0 })),
    "cosine(1, { steps: 5, min: 0 }) expects options named steps, minimum, restart, got min",
  ],
  [
    () => stepDecay(1, untyped({ every: 5, rate: 0.5 })),
    "stepDecay(1, { every: 5, rate: 0.5 }) expects options named every, factor, got rate",
  ],
  [
    () => oneCycle(1, untyped({ steps: 5, pct: 0.5 })),
    "oneCycle(1, { steps: 5, pct: 0.5 }) expects options named steps, rise, startDivisor, endDivisor, shape, got pct",
  ],
  [
    () => exponentialDecay(1, untyped({ rate: 0.5, stairs: true })),
    "exponentialDecay(1, { rate: 0.5, stairs: true }) expects options named rate, every, staircase, got stairs",
  ],
  [
    () => inverseTime(1, untyped({ rate: 0.5, steps: 5 })),
    "inverseTime(1, { rate: 0.5, steps: 5 }) expects options named rate, every, got steps",
  ],
  [
    () => reduceOnPlateau(1, untyped({ pateince: 5 })),
    "reduceOnPlateau(1, { pateince: 5 }) expects options named factor, patience, minDelta, mode, minimum, cooldown, got pateince",
  ],
  [
    () => dense(2, 2, untyped({ activaton: "relu" })),
    "dense(2, 2) expects options named activation, bias, sparse, init, got activaton",
  ],
  [() => embedding(2, 2, untyped({ start: 1 })), "embedding(2, 2) expects options named init, got start"],
  [() => layerNorm(2, untyped({ eps: 1 })), "layerNorm(2) expects options named epsilon, got eps"],
  [() => batchNorm(2, untyped({ eps: 1 })), "batchNorm(2) expects options named momentum, epsilon, got eps"],
  [
    () => yieldEvery(4, untyped({ max: 1 })),
    "yieldEvery() expects options named maxPending, scheduler, got max",
  ],
  [
    () => fromPull([], untyped({ lead: 1 })),
    "fromPull() expects options named ahead, ms, scheduler, load, got lead",
  ],
  [
    () => backpressure(untyped({ capacity: 1, overflow: "error", drop: 1 })),
    "backpressure() expects options named capacity, overflow, pause, resume, ms, scheduler, seed, dropped, load, got drop",
  ],
  [() => gelu(untyped({ approx: "tanh" })), "gelu() expects options named approximate, got approx"],
  [
    () => minibatch(2, untyped({ wait: 1 })),
    "minibatch(2) expects options named maxWait, scheduler, onInvalid, rejected, inputs, targets, precision, for, got wait",
  ],
  [
    () => standardize(untyped({ input: 1 })),
    "standardize() expects options named inputs, targets, freeze, got input",
  ],
  [() => quarantine(untyped({ size: 1 })), "quarantine() expects options named keep, got size"],
  [() => huber(untyped({ d: 1 })), "huber() expects options named delta, got d"],
  [() => poisson(untyped({ log: true })), "poisson() expects options named logInput, got log"],
  [
    () => focal(untyped({ logits: true })),
    "focal() expects options named gamma, alpha, fromLogits, got logits",
  ],
  [
    () => binaryCrossentropy(untyped({ logits: true })),
    "binaryCrossentropy() expects options named fromLogits, labelSmoothing, got logits",
  ],
  [
    () => categoricalCrossentropy(untyped({ logits: true })),
    "categoricalCrossentropy() expects options named fromLogits, labelSmoothing, got logits",
  ],
  [
    () => multitask(untyped({ loss: huber(), outputs: 1, wieght: 2 })),
    "multitask({ loss: huber({ delta: 1 }), outputs: 1 }) expects options named loss, outputs, targets, weight, got wieght",
  ],
  [
    () => model(dense(1, 1), untyped({ precison: "float64" })),
    "model() expects options named seed, precision, numerics, threads, kernels, got precison",
  ],
  [
    () => train(net, untyped({ ...learning, los: 1 })),
    "train() expects options named loss, optimizer, classWeight, guard, onInvalid, validation, predictions, got los",
  ],
  [
    () => train(net, undefined as never),
    "train() expects options named loss, optimizer, classWeight, guard, onInvalid, validation, predictions, got undefined",
  ],
  [
    () => prequential(net, untyped({ ...learning, metric: {} })),
    "prequential() expects options named loss, optimizer, classWeight, guard, metrics, onInvalid, got metric",
  ],
  [
    () => learner(net, untyped({ ...learning, onInvalid: "skip" })),
    "learner() expects options named loss, optimizer, classWeight, guard, got onInvalid",
  ],
  [
    () => epochs([], 1, untyped({ batchsize: 1 })),
    "epochs() expects options named batchSize, shuffle, seed, yieldEvery, got batchsize",
  ],
  [
    () => epochs([], 1, undefined as never),
    "epochs() expects options named batchSize, shuffle, seed, yieldEvery, got undefined",
  ],
  [() => split([], untyped({ share: 0.5 })), "split() expects options named fraction, seed, got share"],
  [
    () => earlyStopping(net, untyped({ patience: 1, restore: true })),
    "earlyStopping() expects options named patience, minDelta, monitor, restoreBest, got restore",
  ],
  [() => logging(untyped({ each: 5 })), "logging() expects options named every, to, format, got each"],
  [
    () => delayed(() => 1, untyped({ time: () => 1 })),
    "delayed() expects options named moment, maxPending, live, got time",
  ],
];

it.each(misspelt.map(([build, message]) => [message, build] as const))("%s", (message, build) => {
  expect(build).toThrow(expect.objectContaining({ name: "InvalidInputError", message }));
});

it("knownOptions() takes known ones, undefined ones among them, and none at all", () => {
  expect(() => knownOptions("f()", {}, [])).not.toThrow();
  expect(() => knownOptions("f()", { a: 1, b: undefined }, ["a", "b"])).not.toThrow();
  expect(() => accumulate(2, adam(0.1, {}))).not.toThrow();
});

const folds = {
  accuracy,
  adwin,
  auc,
  balancedAccuracy,
  calibrationError,
  cohenKappa,
  conformalInterval,
  conformalSet,
  confusionMatrix,
  cusum,
  ddm,
  divergence,
  eddm,
  geometricMean,
  hddmA,
  hddmW,
  kappaM,
  kappaTemporal,
  kswin,
  matthewsCorrelation,
  pageHinkley,
  platt,
  prAuc,
  precision,
  recall,
  robustScaler,
  temperature,
  variance,
};

it.each(Object.entries(folds))("%s() refuses options that nobody reads, by its own name", (name, fold) => {
  const build = fold as (options: object) => unknown;
  expect(() => build({ thresold: 0.5 })).toThrow(
    new RegExp(`^${name}\\(.*\\) expects options named \\w.*, got thresold$`),
  );
  expect(() => build({})).not.toThrow();
});

it("fBeta() and withBaselines() refuse options that nobody reads", () => {
  expect(() => fBeta(1, untyped({ mean: "macro" }))).toThrow(
    "fBeta() expects options named average, positive, threshold, got mean",
  );
  expect(() => withBaselines(accuracy(), untyped({ by: 1 }))).toThrow(
    "withBaselines() expects options named beside, got by",
  );
});
