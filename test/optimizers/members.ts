import { accumulate } from "../../src/optimizers/accumulate.ts";
import { adadelta } from "../../src/optimizers/adadelta.ts";
import { adagrad } from "../../src/optimizers/adagrad.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { adamax } from "../../src/optimizers/adamax.ts";
import { adamw } from "../../src/optimizers/adamw.ts";
import { amsgrad } from "../../src/optimizers/amsgrad.ts";
import { clipByGlobalNorm } from "../../src/optimizers/clipByGlobalNorm.ts";
import { clipByValue } from "../../src/optimizers/clipByValue.ts";
import { cocob } from "../../src/optimizers/cocob.ts";
import { dog } from "../../src/optimizers/dog.ts";
import { ewc } from "../../src/optimizers/ewc.ts";
import { freeze } from "../../src/optimizers/freeze.ts";
import { ftrl } from "../../src/optimizers/ftrl.ts";
import { inOrder } from "../../src/optimizers/inOrder.ts";
import { l1 } from "../../src/optimizers/l1.ts";
import type { LearningRate } from "../../src/optimizers/learningRate.ts";
import { lion } from "../../src/optimizers/lion.ts";
import { nadam } from "../../src/optimizers/nadam.ts";
import { radam } from "../../src/optimizers/radam.ts";
import { rmsprop } from "../../src/optimizers/rmsprop.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { weightDecay } from "../../src/optimizers/weightDecay.ts";

/** Every function that makes or changes a rule, by its name. */
export const rules: Readonly<Record<string, (...args: never[]) => Rule>> = {
  accumulate,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  amsgrad,
  clipByGlobalNorm,
  clipByValue,
  cocob,
  dog,
  ewc,
  freeze,
  ftrl,
  inOrder,
  l1,
  lion,
  nadam,
  radam,
  rmsprop,
  sgd,
  weightDecay,
};

/** A rule that minimises, with { lazy } set or not. */
export type Member = (lazy: boolean) => Rule;

/** Every rule that makes a step by itself; to add one is to add a line. */
export const members: readonly Member[] = [
  (lazy) => sgd(0.1, { lazy }),
  (lazy) => sgd(0.05, { momentum: 0.9, lazy }),
  (lazy) => sgd(0.05, { momentum: 0.9, nesterov: true, lazy }),
  (lazy) => adagrad(0.5, { lazy }),
  (lazy) => rmsprop(0.01, { lazy }),
  (lazy) => rmsprop(0.01, { momentum: 0.5, centered: true, lazy }),
  (lazy) => adadelta(5, { lazy }),
  (lazy) => adam(0.05, { lazy }),
  (lazy) => adamw(0.05, { weightDecay: 1e-4, lazy }),
  (lazy) => amsgrad(0.05, { lazy }),
  (lazy) => nadam(0.05, { lazy }),
  (lazy) => radam(0.05, { lazy }),
  (lazy) => adamax(0.05, { lazy }),
  (lazy) => lion(0.005, { lazy }),
  (lazy) => ftrl({ alpha: 1, lazy }),
  (lazy) => cocob({ lazy }),
  (lazy) => cocob({ alpha: 10, lazy }),
  () => dog(),
  (lazy) => inOrder(clipByGlobalNorm(1), adam(0.05, { lazy })),
  (lazy) =>
    inOrder(clipByValue(0.5, { lazy }), weightDecay(1e-4, { lazy }), l1(1e-5, { lazy }), sgd(0.1, { lazy })),
  (lazy) => accumulate(2, sgd(0.1, { lazy })),
  (lazy) => freeze(adam(0.05, { lazy }), []),
  (lazy) => ewc(adam(0.05, { lazy }), { lambda: 0.1, decay: 0.5, consolidate: 3 }),
];

/** Every rule that takes a learning rate; to add one is to add a line. */
export const rated: Readonly<Record<string, (lr: LearningRate) => Rule>> = {
  sgd,
  adagrad,
  rmsprop,
  adadelta,
  adam,
  adamw,
  amsgrad,
  nadam,
  radam,
  adamax,
  lion,
};
