import { expect, test } from "vitest";
import { trainer } from "../../../src/graph/trainer.ts";
import {
  adagrad,
  batchNorm,
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  columns,
  concatenate,
  dense,
  embedding,
  huber,
  type Layer,
  type Loss,
  layerNorm,
  logSoftmax,
  matrix,
  meanSquaredError,
  model,
  parallel,
  type Rule,
  random,
  zeros,
} from "../../../src/index.ts";
import { members } from "../../optimizers/members.ts";

/**
 * A net of every kind of layer that has kernels: its first column is an index below 5. What batchNorm takes off again has
 * no bias: its gradient would be rounding alone, and rules that scale by it would follow the rounding.
 */
const planOf = (outputs: number, last?: Layer) =>
  chain(
    parallel(
      concatenate(),
      chain(columns(0, 1), embedding(5, 3)),
      chain(columns(1, 4), dense(3, 6, { bias: false })),
    ),
    batchNorm(9),
    dense(9, 7, { activation: "tanh" }),
    layerNorm(7),
    dense(7, outputs),
    ...(last ? [last] : []),
  );

type Task = readonly [loss: Loss, plan: () => ReturnType<typeof planOf>, target: (u: number) => number[]];
const tasks: readonly Task[] = [
  [meanSquaredError(), () => planOf(2), (u) => [u, 1 - u]],
  [huber(), () => planOf(1), (u) => [3 * u]],
  [
    binaryCrossentropy(),
    () => chain(planOf(2), dense(2, 3, { activation: "sigmoid" })),
    (u) => [u, u * u, 1 - u].map(Math.round),
  ],
  [binaryCrossentropy({ fromLogits: true }), () => planOf(1), (u) => [Math.round(u)]],
  [
    categoricalCrossentropy(),
    () => chain(planOf(2), dense(2, 5, { activation: "softmax" })),
    (u) => [Math.floor(5 * u)],
  ],
  [categoricalCrossentropy({ fromLogits: true }), () => planOf(3), (u) => [Math.floor(3 * u)]],
  [meanSquaredError(), () => planOf(3, logSoftmax()), (u) => [-u, -1, -2 * u]],
];

/** The loss of each of 30 steps, over batches of changing size, some of them weighted. */
const run = ([loss, plan, target]: Task, rule: Rule, precision: "float32" | "float64") => {
  const m = model(plan(), { seed: 5, precision });
  const t = trainer(m, { loss, optimizer: rule });
  const dice = random(11);
  const losses = Array.from({ length: 30 }, (_, step) => {
    const n = 8 + (step % 3) * 5;
    const rows = Array.from({ length: n }, () => [
      dice.below(5),
      dice.normal(),
      dice.normal(),
      dice.normal(),
    ]);
    const y = matrix(rows.map((row) => target((1 + Math.tanh(row[1]! + row[0]! / 3 - 1)) / 2.001)));
    const weight = zeros(n, 1);
    for (let i = 0; i < n; i++) weight.data[i] = 0.5 + dice.uniform();
    return t.learn(step % 2 ? { x: matrix(rows), y, weight } : { x: matrix(rows), y }).loss;
  });
  const { name } = m.weights.kernels;
  t.close();
  m.dispose();
  return { losses, name };
};

/** Adagrad's first step is the rate itself, whatever the gradient: at 0.5 it would follow gradients that are rounding alone. */
const calm = (rule: Rule, lazy: boolean): Rule =>
  rule.source.startsWith("adagrad") ? adagrad(0.02, { lazy }) : rule;
const rules = members.flatMap((member) => [false, true].map((lazy) => calm(member(lazy), lazy)));

test.each(rules.map((rule) => [rule.source, rule] as const))(
  "%s learns the same on SIMD kernels as in float64",
  (_, rule) => {
    for (const task of tasks) {
      const [fast, exact] = [run(task, rule, "float32"), run(task, rule, "float64")];
      expect([fast.name, exact.name]).toEqual(["simd", "reference"]);
      fast.losses.forEach((loss, step) => {
        const distance = Math.abs(loss - exact.losses[step]!) / Math.max(1, exact.losses[step]!);
        expect(distance, `${task[0].source}, step ${step}`).toBeLessThan(1e-4 * 1.25 ** step); // rounding grows with the steps
      });
    }
  },
);
