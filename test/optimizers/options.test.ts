import { expect, test } from "vitest";
import { vector } from "../../src/math/vector.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { clipByGlobalNorm } from "../../src/optimizers/clipByGlobalNorm.ts";
import { clipByValue } from "../../src/optimizers/clipByValue.ts";
import { cocob } from "../../src/optimizers/cocob.ts";
import { cosine } from "../../src/optimizers/cosine.ts";
import { dog } from "../../src/optimizers/dog.ts";
import { ftrl } from "../../src/optimizers/ftrl.ts";
import { l1 } from "../../src/optimizers/l1.ts";
import { lion } from "../../src/optimizers/lion.ts";
import { rmsprop } from "../../src/optimizers/rmsprop.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { weightDecay } from "../../src/optimizers/weightDecay.ts";
import { rated } from "./members.ts";

test.each(Object.entries(rated))("%s() refuses a rate that is negative or not finite", (name, rule) => {
  for (const lr of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => rule(lr)).toThrow(
      expect.objectContaining({
        name: "InvalidInputError",
        message: `${name}(${lr}) expects a number of at least 0 as learning rate, got ${lr}`,
      }),
    );
  expect(() => rule(0)).not.toThrow();
});

test.each(Object.entries(rated))("%s() refuses what is no learning rate", (name, rule) => {
  for (const lr of ["0.1", null, {}, true, ...(name === "adadelta" ? [] : [undefined])])
    expect(() => rule(lr as never)).toThrow(
      expect.objectContaining({
        name: "InvalidInputError",
        message: expect.stringMatching(
          new RegExp(
            `^${name}\\(.*\\) expects a number, a schedule, a fold or an Observable as learning rate, got`,
          ),
        ),
      }),
    );
});

test.each(Object.entries(rated))("%s() refuses a schedule's rate in the step that has it", (name, make) => {
  const lr = (step: number) => (step < 2 ? 0.1 : Number.NaN);
  const rule = make(lr);
  const w = vector([1]);
  const state = rule.init(w);
  rule.update(vector([1]), state, w);
  rule.update(vector([1]), state, w);
  expect(() => rule.update(vector([1]), state, w)).toThrow(
    `${name}(lr) expects a number of at least 0 as learning rate, got NaN`,
  );
});

const misbuilt: [build: () => Rule, message: string][] = [
  [
    () => sgd(0.1, { momentum: -1 }),
    "sgd(0.1, { momentum: -1 }) expects a number of at least 0 as momentum, got -1",
  ],
  [
    () => sgd(0.1, { nesterov: true }),
    "sgd(0.1, { nesterov: true }) expects a momentum above 0 with nesterov, got 0",
  ],
  [() => adam(0.1, { beta1: 1 }), "adam(0.1, { beta1: 1 }) expects a number below 1 as beta1, got 1"],
  [() => adam(0.1, { beta2: 1.5 }), "adam(0.1, { beta2: 1.5 }) expects a number below 1 as beta2, got 1.5"],
  [
    () => adam(0.1, { epsilon: Number.NaN }),
    "adam(0.1, { epsilon: NaN }) expects a number of at least 0 as epsilon, got NaN",
  ],
  [
    () => lion(0.1, { weightDecay: -1 }),
    "lion(0.1, { weightDecay: -1 }) expects a number of at least 0 as weightDecay, got -1",
  ],
  [() => rmsprop(0.1, { rho: 1 }), "rmsprop(0.1, { rho: 1 }) expects a number below 1 as rho, got 1"],
  [() => ftrl({ alpha: 0 }), "ftrl({ alpha: 0 }) expects a number above 0 as alpha, got 0"],
  [() => ftrl({ l1: -1 }), "ftrl({ l1: -1 }) expects a number of at least 0 as l1, got -1"],
  [() => cocob({ alpha: 0 }), "cocob({ alpha: 0 }) expects a number above 0 as alpha, got 0"],
  [
    () => cocob({ weightDecay: 1 } as never),
    "cocob({ weightDecay: 1 }) expects options named alpha, lazy, got weightDecay",
  ],
  [() => dog({ firstStep: 0 }), "dog({ firstStep: 0 }) expects a number above 0 as firstStep, got 0"],
  [() => dog({ epsilon: -1 }), "dog({ epsilon: -1 }) expects a number of at least 0 as epsilon, got -1"],
  [() => dog({ lr: 1 } as never), "dog({ lr: 1 }) expects options named firstStep, epsilon, got lr"],
  [() => clipByGlobalNorm(-1), "clipByGlobalNorm(-1) expects a number of at least 0 as norm, got -1"],
  [() => clipByValue(Number.NaN), "clipByValue(NaN) expects a number of at least 0 as bound, got NaN"],
  [() => weightDecay(-1), "weightDecay(-1) expects a number of at least 0 as decay, got -1"],
  [() => l1(-1), "l1(-1) expects a number of at least 0 as penalty, got -1"],
];

test.each(misbuilt.map(([build, message]) => [message, build] as const))(
  "a rule is not built: %s",
  (message, build) => {
    expect(build).toThrow(expect.objectContaining({ name: "InvalidInputError", message }));
  },
);

test("adam() prints with the options that it was given, and the source of its schedule", () => {
  expect(adam(1e-3).source).toBe("adam(0.001)");
  expect(adam(1e-3, { beta1: 0.5 }).source).toBe("adam(0.001, { beta1: 0.5 })");
  expect(adam(cosine(0.1, { steps: 10 })).source).toBe("adam(cosine(0.1, { steps: 10 }))");
});
