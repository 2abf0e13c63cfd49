import * as rxgrad from "rxgrad";
import * as rxjs from "rxjs";
import * as operators from "rxjs/operators";
import { expect, it } from "vitest";
import { filesUnder } from "./support/sources.ts";

/** What others build on. A name may be added here, but leaves it only with a decision record. */
const promised = `
  matrix zeros toRows
  dense relu leakyRelu elu selu gelu silu mish softplus softsign tanh sigmoid hardSigmoid softmax logSoftmax linear
  chain residual parallel concatenate add multiply dropout layerNorm batchNorm embedding mapGradient layer
  model summary describe toMermaid
  wire node through fork join optimize activations$ gradients$
  minibatch train predict prequential delayed split epochs earlyStopping logging fold withFolds learner standardize
  meanSquaredError meanAbsoluteError huber logCosh pinball poisson hinge focal binaryCrossentropy
  categoricalCrossentropy
  sgd adagrad rmsprop adadelta adam adamw amsgrad nadam radam adamax lion ftrl
  inOrder clipByGlobalNorm clipByValue weightDecay l1 accumulate freeze
  exponentialDecay inverseTime cosine warmup stepDecay oneCycle reduceOnPlateau
  mean variance exponentialMean exponentialVariance rolling accuracy logLoss auc mae rmse r2 confusionMatrix
`
  .trim()
  .split(/\s+/);

it("rxgrad exports every name that it promises", () => {
  expect(promised.filter((name) => !(name in rxgrad))).toEqual([]);
});

it("rxgrad exports functions alone", () => {
  const others = Object.entries(rxgrad).filter(([, value]) => typeof value !== "function");
  expect(others.map(([name]) => name)).toEqual([]);
});

it("rxgrad shadows no export of RxJS, which people import beside it", () => {
  const taken = new Set([...Object.keys(rxjs), ...Object.keys(operators)]);
  expect(taken.size).toBeGreaterThan(150);
  expect(Object.keys(rxgrad).filter((name) => taken.has(name))).toEqual([]);
});

it("rxgrad is told of on the pages of docs, name by name", () => {
  const pages = filesUnder("docs", ".md")
    .map(({ text }) => text)
    .join("\n");
  const told = (name: string) => new RegExp(`(?<![\\w$])${name.replace("$", "\\$")}(?![\\w$])`).test(pages);
  expect(Object.keys(rxgrad).filter((name) => !told(name))).toEqual([]);
});
