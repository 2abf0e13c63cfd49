import { type Batch, binaryCrossentropy, dense, matrix, model, random, sgd, sigmoid, train } from "rxgrad";
import { from } from "rxjs";
import { expect, it } from "vitest";

const [n, k, steps, η] = [16, 5, 200, 0.3];
const r = random(4);
const truth = Array.from({ length: k }, () => 2 * r.normal());
const batches = Array.from({ length: steps }, () => {
  const x = Array.from({ length: n }, () => Array.from({ length: k }, () => r.normal()));
  const y = x.map((row) =>
    row.reduce((sum, v, j) => sum + v * truth[j]!, 0.5 + 0.5 * r.normal()) > 0 ? 1 : 0,
  );
  return { x, y };
});
const start = Array.from({ length: k }, () => 0.1 * r.normal());

/** Logistic regression as the textbook has it: w ← w − η·Xᵀ(p − y)/n, with p = 1 / (1 + e⁻ᶻ) and z = X·w + b. */
const byHand = () => {
  const w = [...start];
  let b = 0;
  const losses: number[] = [];
  for (const { x, y } of batches) {
    const p = x.map((row) => 1 / (1 + Math.exp(-(row.reduce((z, v, j) => z + v * w[j]!, 0) + b))));
    losses.push(-p.reduce((sum, pi, i) => sum + Math.log(y[i] ? pi : 1 - pi), 0) / n);
    for (let j = 0; j < k; j++) {
      let g = 0;
      for (let i = 0; i < n; i++) g += x[i]![j]! * (p[i]! - y[i]!);
      w[j]! -= (η * g) / n;
    }
    b -= (η * p.reduce((sum, pi, i) => sum + pi - y[i]!, 0)) / n;
  }
  return { weights: [...w, b], losses };
};

it.each([
  ["sigmoid() and binaryCrossentropy()", dense(k, 1, { activation: sigmoid() }), binaryCrossentropy()],
  ["binaryCrossentropy({ fromLogits: true })", dense(k, 1), binaryCrossentropy({ fromLogits: true })],
])(
  "backpropagation through one neuron, with %s, is gradient descent on logistic regression",
  (_, plan, loss) => {
    const m = model(plan, { precision: "float64" });
    m.parameters[0]!.value.data.set(start);
    const losses: number[] = [];
    from(batches.map(({ x, y }): Batch => ({ x: matrix(x), y: matrix(y.map((t) => [t])) })))
      .pipe(train(m, { loss, optimizer: sgd(η) }))
      .subscribe((step) => losses.push(step.loss));
    const want = byHand();
    expect(losses).toHaveLength(steps);
    want.losses.forEach((l, i) => {
      expect(Math.abs(losses[i]! - l)).toBeLessThan(1e-15);
    });
    want.weights.forEach((w, i) => {
      expect(Math.abs(m.weights.values.data[i]! - w)).toBeLessThan(1e-15);
    });
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  },
);

it("backpropagation through one neuron with one input is two lines of arithmetic, bit for bit", () => {
  const m = model(dense(1, 1), { precision: "float64" });
  m.weights.values.data.set([0.5, -0.25]);
  let [w, b] = [0.5, -0.25];
  for (const [x, y] of [
    [1, 1],
    [0, 1],
    [1, 0],
    [-2, 1],
  ] as const) {
    from([{ x: matrix([[x]]), y: matrix([[y]]) }])
      .pipe(train(m, { loss: binaryCrossentropy({ fromLogits: true }), optimizer: sgd(0.5) }))
      .subscribe();
    const z = w * x + b;
    const g = (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))) - y;
    [w, b] = [w - 0.5 * (g * x), b - 0.5 * g];
    expect([...m.weights.values.data]).toEqual([w, b]);
  }
});
