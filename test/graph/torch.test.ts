import { readFileSync } from "node:fs";
import {
  adam,
  batchNorm,
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  columns,
  concatenate,
  conv1d,
  dense,
  embedding,
  gru,
  type Loss,
  lastStep,
  layerNorm,
  lstm,
  type Model,
  matrix,
  meanSquaredError,
  model,
  type Plan,
  type Precision,
  parallel,
  type Rule,
  residual,
  sgd,
  tanh,
  train,
} from "rxgrad";
import { from, map } from "rxjs";
import { describe, expect, it } from "vitest";

type Rows = readonly (readonly number[])[];
interface Told {
  readonly start: Readonly<Record<string, Rows>>;
  readonly batches: readonly { readonly x: Rows; readonly y: Rows }[];
  readonly losses: readonly number[];
  readonly end: Readonly<Record<string, Rows>>;
  readonly answers: Rows;
  readonly buffers?: Readonly<Record<string, readonly number[]>>;
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const told: Readonly<Record<string, Told>> = { ...read("models"), ...read("sequences").models };

const models: readonly [string, Plan, Loss, Rule][] = [
  [
    "mlp",
    chain(dense(3, 4, { activation: "tanh" }), dense(4, 3, { activation: "softmax" })),
    categoricalCrossentropy(),
    adam(0.02),
  ],
  [
    "normed",
    chain(dense(3, 4), residual(chain(layerNorm(4), dense(4, 4, { activation: "gelu" }))), dense(4, 2)),
    meanSquaredError(),
    adam(0.01),
  ],
  [
    "mixed",
    chain(
      parallel(concatenate(), chain(columns(0, 2), embedding(6, 2)), columns(2, 4)),
      dense(6, 1, { activation: "sigmoid" }),
    ),
    binaryCrossentropy(),
    adam(0.05),
  ],
  [
    "batched",
    chain(dense(3, 4), batchNorm(4), tanh(), dense(4, 1)),
    meanSquaredError(),
    sgd(0.05, { momentum: 0.9 }),
  ],
  ["gru", chain(gru(2, 4, { steps: 5 }), dense(4, 1)), meanSquaredError(), adam(0.02)],
  [
    "lstm",
    chain(lstm(2, 4, { steps: 5, returnSequences: true }), dense(20, 1)),
    meanSquaredError(),
    adam(0.02),
  ],
  [
    "gru over streams",
    chain(gru(2, 4, { steps: 5, stateful: true, streams: 2 }), dense(4, 1)),
    meanSquaredError(),
    adam(0.02),
  ],
  [
    "lstm over streams",
    chain(lstm(2, 4, { steps: 5, stateful: true, streams: 3 }), dense(4, 1)),
    meanSquaredError(),
    adam(0.02),
  ],
  [
    "conv1d",
    chain(
      conv1d(2, 4, { steps: 6, kernelSize: 3, dilation: 2, activation: "relu" }),
      conv1d(4, 3, { steps: 6, kernelSize: 2 }),
      lastStep(6, 3),
      dense(3, 1),
    ),
    meanSquaredError(),
    adam(0.02),
  ],
];

const tolerances = { float64: 1e-10, float32: 1e-4 };

const started = (plan: Plan, start: Told["start"], precision: Precision): Model => {
  const m = model(plan, { precision });
  expect(m.parameters.map(({ name }) => name)).toEqual(Object.keys(start));
  for (const { name, value } of m.parameters) value.data.set(start[name]!.flat());
  return m;
};

describe.each(models)("train() of %s", (name, plan, loss, optimizer) => {
  it.each(["float64", "float32"] as const)(
    "takes the same 30 steps as PyTorch in float64, itself in %s",
    (precision) => {
      const { start, batches, losses, end, answers, buffers } = told[name]!;
      const close = (got: ArrayLike<number>, want: readonly number[], what: string): void => {
        expect(got.length).toBe(want.length);
        const worst = Math.max(...want.map((w, i) => Math.abs(got[i]! - w) / Math.max(1, Math.abs(w))));
        expect(worst, what).toBeLessThan(tolerances[precision]);
      };
      const m = started(plan, start, precision);
      expect(losses).toHaveLength(30);
      expect(m.weights.kernels.name).toBe(precision === "float64" ? "reference" : "simd");
      const seen: number[] = [];
      from(batches)
        .pipe(
          map(({ x, y }) => ({ x: matrix(x), y: matrix(y) })),
          train(m, { loss, optimizer }),
        )
        .subscribe((step) => seen.push(step.loss));
      close(seen, losses, "losses");
      for (const { name: parameter, value } of m.parameters)
        close(value.data, end[parameter]!.flat(), parameter);
      close(m.predict(matrix(batches[0]!.x)).data, answers.flat(), "answers");
      if (buffers) close(m.weights.buffers.data, Object.values(buffers).flat(), "running statistics");
    },
  );
});
