import {
  type Batch,
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  dense,
  gradients$,
  type Loss,
  learner,
  matrix,
  model,
  type Plan,
  random,
  sgd,
  sigmoid,
  softmax,
  train,
} from "rxgrad";
import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";

const batchesOf = (outputs: number, oneHot: boolean): Batch[] => {
  const dice = random(4);
  return Array.from({ length: 30 }, (_, k) => {
    const rows = 1 + (k % 5);
    const x = matrix(Array.from({ length: rows }, () => Array.from({ length: 4 }, () => dice.normal())));
    const y = matrix(
      Array.from({ length: rows }, () => {
        if (outputs === 1) return [dice.below(2)];
        const right = dice.below(outputs);
        return oneHot ? Array.from({ length: outputs }, (_, j) => (j === right ? 1 : 0)) : [right];
      }),
    );
    return k % 3 ? { x, y } : { x, y, weight: matrix(Array.from({ length: rows }, () => [dice.uniform()])) };
  });
};

const learn = async (plan: Plan, loss: Loss, batches: Batch[], precision: "float32" | "float64") => {
  const m = model(plan, { seed: 2, precision });
  const steps = await lastValueFrom(from(batches).pipe(train(m, { loss, optimizer: sgd(0.1) }), toArray()));
  return { losses: steps.map(({ loss }) => loss), weights: Array.from(m.weights.values.data) };
};

const close = (a: readonly number[], b: readonly number[]): void =>
  a.forEach((v, i) => {
    expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(b[i]!)));
  });

describe.each([
  [
    "the option of a dense layer",
    (n: number) => [dense(8, n, { activation: n === 1 ? "sigmoid" : "softmax" })] as const,
  ],
  ["a layer of its own", (n: number) => [dense(8, n), n === 1 ? sigmoid() : softmax()] as const],
])("train() with an activation fused with its loss, as %s", (_, end) => {
  it.each([
    ["sigmoid with binaryCrossentropy", 1, true, binaryCrossentropy],
    ["softmax with categoricalCrossentropy, one-hot", 3, true, categoricalCrossentropy],
    ["softmax with categoricalCrossentropy, indices", 3, false, categoricalCrossentropy],
    ["softmax with many classes", 11, true, categoricalCrossentropy],
  ] as const)("learns what float64 learns from logits: %s", async (_, outputs, oneHot, loss) => {
    const batches = batchesOf(outputs, oneHot);
    const hidden = dense(4, 8, { activation: "tanh" });
    for (const labelSmoothing of [0, 0.1]) {
      const fused = await learn(
        chain(hidden, ...end(outputs)) as Plan,
        loss({ labelSmoothing }),
        batches,
        "float32",
      );
      const logits = chain(hidden, dense(8, outputs));
      const exact = await learn(logits, loss({ labelSmoothing, fromLogits: true }), batches, "float64");
      close(fused.losses, exact.losses);
      close(fused.weights, exact.weights);
    }
  });

  it.each([1, 3])(
    "still learns where %i saturated outputs are all wrong, and float32 rounds them to 0 and 1",
    (outputs) => {
      const m = model(chain(dense(4, 8), ...end(outputs)) as Plan, { seed: 1 });
      const bias = m.parameters.at(-1)!.value;
      bias.data[0] = 40; // p = 1 in float32
      const loss = outputs === 1 ? binaryCrossentropy() : categoricalCrossentropy();
      const learning = learner(m, { loss, optimizer: sgd(1) });
      learning.learnBatch({ x: matrix([[0, 0, 0, 0]]), y: matrix([outputs === 1 ? [0] : [0, 1, 0]]) });
      expect(bias.data[0]).toBeCloseTo(39, 5);
      learning.close();
    },
  );
});

it("gradients$() of a layer that is fused with the loss are those of what went into its activation: p − t", () => {
  const m = model(dense(2, 1, { activation: "sigmoid" }), { seed: 1 });
  const seen: number[] = [];
  gradients$(m, 0).subscribe(({ value }) => seen.push(value.data[0]!));
  const x = matrix([[0.5, -1]]);
  const p = m.predict(x).data[0]!;
  const learning = learner(m, { loss: binaryCrossentropy(), optimizer: sgd(0) });
  learning.learnBatch({ x, y: matrix([[1]]) });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBeCloseTo(p - 1, 6);
});
