import fc from "fast-check";
import {
  adam,
  type Batch,
  batchNorm,
  binaryCrossentropy,
  chain,
  conv1d,
  dense,
  gru,
  type Layer,
  lastStep,
  learner,
  lstm,
  type Matrix,
  matrix,
  meanSquaredError,
  model,
  type Plan,
  random,
  resetState,
  sgd,
  toRows,
  train,
  weights,
  zeros,
} from "rxgrad";
import { from } from "rxjs";
import { describe, expect, it } from "vitest";
import type { Kernels } from "../../src/math/kernels.ts";
import { reference } from "../../src/math/reference.ts";
import { simd } from "../../src/math/simd/simd.ts";
import { benchOf, relativeError } from "../laws/layer.ts";

/** A matrix of numbers that float32 holds exactly. */
const drawn = (seed: number, rows: number, cols: number): Matrix => {
  const dice = random(seed);
  const m = zeros(rows, cols);
  for (let i = 0; i < m.data.length; i++) m.data[i] = Math.fround(dice.normal());
  return m;
};

/** What a layer answers on these kernels, and every gradient. */
const worked = (layer: Layer, kernels: Kernels, rows: number, seed: number): readonly Float64Array[] => {
  const own = weights({ kernels }).of(layer);
  Object.values({ ...own.buffers, ...valuesOf(own.parameters) }).forEach((m, i) => {
    m.data.set(drawn(seed + i, m.rows, m.cols).data);
  });
  const inlets = { x: kernels.inlet(), dy: kernels.inlet() };
  const pass = layer.plan({
    rows,
    widths: [layer.inputs!],
    kernels,
    ...own,
    wantsInputGrad: true,
    afterUpdate: () => {},
    zeros: kernels.zeros,
  });
  const x = inlets.x.admit(drawn(seed + 10, rows, layer.inputs!));
  const y = pass.forward(x, "train");
  const dx = pass.backward(inlets.dy.admit(drawn(seed + 11, y.rows, y.cols)), false);
  const grads = Object.values(own.parameters).map(({ grad }) => grad);
  return [y, dx, ...grads].map(({ data }) => Float64Array.from(data));
};

const valuesOf = (parameters: Readonly<Record<string, { readonly value: Matrix }>>) =>
  Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));

const size = (max: number) => fc.integer({ min: 1, max });
const shapes = fc.record({
  rows: size(20),
  inputs: size(9),
  units: size(20),
  steps: size(7),
  kernelSize: size(4),
  dilation: size(3),
  returnSequences: fc.boolean(),
  stateful: fc.boolean(),
});
type Shape = typeof shapes extends fc.Arbitrary<infer S> ? S : never;

const makers: readonly (readonly [string, (shape: Shape) => Layer])[] = [
  ...[gru, lstm].map(
    (make) =>
      [
        make.name,
        ({ rows, inputs, units, steps, returnSequences, stateful }: Shape) =>
          make(inputs, units, {
            steps,
            returnSequences,
            ...(stateful ? { stateful, streams: rows } : {}),
          }),
      ] as const,
  ),
  [
    "conv1d",
    ({ inputs, units, steps, kernelSize, dilation, stateful }) =>
      conv1d(inputs, units, { steps, kernelSize, dilation, activation: stateful ? "tanh" : "softmax" }),
  ],
];

it.each(makers)("%s() computes in float32 what it computes in float64, on random shapes", (_, make) => {
  const exact = reference("float64");
  fc.assert(
    fc.property(shapes, fc.nat(1e6), (shape, seed) => {
      const layer = make(shape);
      for (const kernels of [simd()!, simd({ numerics: "reproducible" })!, reference("float32")]) {
        const got = worked(layer, kernels, shape.rows, seed);
        const want = worked(layer, exact, shape.rows, seed);
        got.forEach((values, i) => {
          expect(relativeError(values, want[i]!), `${layer.source} ${i}`).toBeLessThan(1e-5);
        });
      }
    }),
    { numRuns: 25, seed: 3 },
  );
});

describe.each([
  ["gru", gru],
  ["lstm", lstm],
] as const)("%s()", (_, make) => {
  it("goes on, with stateful, where the batch before has ended", () => {
    const [n, inputs, units] = [2, 3, 4];
    const long = benchOf(make(inputs, units, { steps: 6, returnSequences: true }), n, [18]);
    const short = benchOf(
      make(inputs, units, { steps: 2, returnSequences: true, stateful: true, streams: n }),
      n,
      [6],
    );
    const x = drawn(1, n, 18);
    const want = toRows(long.pass.forward(x, "infer"));
    const parts = [0, 1, 2].map((k) => {
      const window = matrix(toRows(x).map((row) => row.slice(6 * k, 6 * k + 6)));
      const y = toRows(short.pass.forward(window, "train"));
      short.pass.backward(zeros(n, 2 * units), false);
      for (const commit of short.commits.splice(0)) commit();
      return y;
    });
    want.forEach((row, i) => {
      expect(parts.flatMap((part) => part[i]!)).toEqual(row.map((v) => expect.closeTo(v, 12)));
    });
  });

  it("moves its state by what it has learned from alone: not by predict, not by a batch that is refused", () => {
    const m = model(chain(make(1, 3, { steps: 2, stateful: true }), dense(3, 1)), { seed: 4 });
    const learning = learner(m, { loss: meanSquaredError(), optimizer: sgd(0.1) });
    const state = () => [...m.weights.buffers.data];
    const fresh = state();
    expect(fresh.every((v) => v === 0)).toBe(true);
    learning.learnBatch({ x: matrix([[1, 2]]), y: matrix([[1]]) });
    const moved = state();
    expect(moved.every((v) => v !== 0)).toBe(true);
    const answer = m.predict([0.5, 1]);
    expect(m.predict([0.5, 1])).toEqual(answer);
    expect(() => learning.learnBatch({ x: matrix([[1, 2]]), y: matrix([[1e30]]) })).toThrow("finite");
    expect(state()).toEqual(moved);
    resetState(m);
    expect(state()).toEqual(fresh);
    expect(m.predict([0.5, 1])).not.toEqual(answer);
    learning.close();
  });

  it("refuses, with stateful, a batch whose rows are not its streams, and goes on with the next one", () => {
    const layer = make(1, 2, { steps: 2, stateful: true, streams: 2 });
    const m = model(layer, { seed: 1 });
    const rejected: string[] = [];
    m.rejected$.subscribe(({ error }) => rejected.push(error.message));
    const two = { x: zeros(2, 2), y: zeros(2, 2) };
    const ids: number[] = [];
    from([two, { x: zeros(1, 2), y: zeros(1, 2) }, two])
      .pipe(train(m, { loss: meanSquaredError(), optimizer: sgd(0.1), onInvalid: "skip" }))
      .subscribe(({ size }) => ids.push(size));
    expect(ids).toEqual([2, 2]);
    expect(rejected).toEqual([`${layer.source} expects 2 rows, one a stream, got 1`]);
    expect(() => m.predict([1, 2])).toThrow(`${layer.source} expects 2 rows, one a stream, got 1`);
  });

  it("starts with glorotUniform, orthogonal rows and biases of zero, but for the forget gate of lstm", () => {
    const { own } = benchOf(make(3, 4, { steps: 2 }), 1, [6]);
    const { W_ih, W_hh, b_ih, b_hh } = own.parameters;
    const gates = W_ih!.value.cols / 4;
    const bound = Math.sqrt(6 / (3 + 4 * gates));
    expect(W_ih!.value.data.every((w) => Math.abs(w) <= bound)).toBe(true);
    const rows = toRows(W_hh!.value);
    for (const a of rows)
      for (const b of rows)
        expect(a.reduce((sum, v, j) => sum + v * b[j]!, 0)).toBeCloseTo(a === b ? 1 : 0, 12);
    expect([...b_hh!.value.data].every((v) => v === 0)).toBe(true);
    expect([...b_ih!.value.data]).toEqual(
      Array.from({ length: 4 * gates }, (_, j) => (make === lstm && j >= 4 && j < 8 ? 1 : 0)),
    );
  });

  it("plans its buffers once", () => {
    const kernels = simd()!;
    let made = 0;
    const counting: Kernels = {
      ...kernels,
      zeros: (rows, cols) => {
        made++;
        return kernels.zeros(rows, cols);
      },
    };
    const m = model(chain(make(2, 3, { steps: 4, stateful: true }), dense(3, 1)), { kernels: counting });
    const learning = learner(m, { loss: meanSquaredError(), optimizer: adam(0.01) });
    const learn = (seed: number) => learning.learnBatch({ x: drawn(seed, 1, 8), y: drawn(seed + 1, 1, 1) });
    learn(0);
    const planned = made;
    for (let step = 1; step < 20; step++) learn(step);
    expect(made).toBe(planned);
    learning.close();
  });
});

it("resetState() leaves weights and running statistics as they are, and waits for the batch in flight", () => {
  const m = model(chain(gru(1, 2, { steps: 2, stateful: true, streams: 3 }), batchNorm(2)), { seed: 2 });
  const learning = learner(m, { loss: meanSquaredError(), optimizer: sgd(0.1) });
  const of = (i: number) => m.weights.of(m.nodes[i]!.layer).buffers;
  const batch = { x: drawn(1, 3, 2), y: drawn(2, 3, 2) };
  learning.learnBatch(batch);
  const statistics = [...of(1).mean!.data, ...of(1).variance!.data];
  const before = [...m.weights.values.data];
  expect(of(0).h!.data.every((v) => v !== 0)).toBe(true);
  resetState(m);
  expect([...of(0).h!.data]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...of(1).mean!.data, ...of(1).variance!.data]).toEqual(statistics);
  expect([...m.weights.values.data]).toEqual(before);

  learning.close();
  const seen: number[] = [];
  m.started$.subscribe((run) =>
    run.output.value$.subscribe(() => {
      resetState(m); // amid the batch, which then leaves its state first
      seen.push(of(0).h!.data[0]!);
    }),
  );
  from([batch])
    .pipe(train(m, { loss: meanSquaredError(), optimizer: sgd(0.1) }))
    .subscribe();
  expect(seen).toEqual([0]);
  expect([...of(0).h!.data]).toEqual([0, 0, 0, 0, 0, 0]);
});

it.each([
  [
    () => gru(0, 2, { steps: 1 }),
    "gru(0, 2, { steps: 1 }) expects a whole number of at least 1 as inputs, got 0",
  ],
  [
    () => lstm(2, 2, { steps: 1.5 }),
    "lstm(2, 2, { steps: 1.5 }) expects a whole number of at least 1 as steps, got 1.5",
  ],
  [
    () => gru(1, 2, { steps: 1, streams: 3 }),
    "gru(1, 2, { steps: 1, streams: 3 }) expects streams beside stateful: true, got them alone",
  ],
  [
    () => lstm(1, 2, { step: 1 } as never),
    "lstm(1, 2) expects options named steps, returnSequences, stateful, streams, init, recurrentInit, got step",
  ],
  [
    () => conv1d(1, 2, { steps: 3, kernelSize: 0 }),
    "conv1d(1, 2, { steps: 3, kernelSize: 0 }) expects a whole number of at least 1 as kernelSize, got 0",
  ],
  [
    () => conv1d(1, 2, { steps: 3, kernelSize: 2 }).widths([4]),
    "conv1d(1, 2, { steps: 3, kernelSize: 2 }) expects 3 columns, got 4",
  ],
  [() => lastStep(2, 0), "lastStep(2, 0) expects a whole number of at least 1 as width, got 0"],
  [() => lastStep(2, 3).widths([5]), "lastStep(2, 3) expects 6 columns, got 5"],
])("layers of sequences refuse what makes no sense: %#", (make, message) => {
  expect(make).toThrow(expect.objectContaining({ message }));
});

it("conv1d() sees the steps that it says, and none that is to come", () => {
  const [steps, kernelSize, dilation] = [9, 3, 2];
  const { pass } = benchOf(conv1d(1, 2, { steps, kernelSize, dilation }), 1, [steps]);
  const x = drawn(1, 1, steps);
  const before = [...pass.forward(x, "infer").data];
  for (let t = 0; t < steps; t++) {
    const other = matrix(toRows(x));
    other.data[t]! += 1;
    const { data } = pass.forward(other, "infer");
    const changed = Array.from({ length: steps }, (_, s) => s).filter((s) => data[2 * s] !== before[2 * s]);
    expect(changed).toEqual([t, t + 2, t + 4].filter((s) => s < steps));
  }
});

it("lastStep() is the last step of each row", () => {
  const { pass } = benchOf(lastStep(2, 3), 2, [6]);
  const y = pass.forward(
    matrix([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ]),
    "infer",
  );
  expect(toRows(y)).toEqual([
    [4, 5, 6],
    [10, 11, 12],
  ]);
});

const steps = 6;
/** Rows of random bits; the answer is whether the bits two and three steps before the last one differ. */
const parityBatch = (seed: number, rows: number): Batch => {
  const dice = random(seed);
  const x = Array.from({ length: rows }, () => Array.from({ length: steps }, () => dice.below(2)));
  return { x: matrix(x), y: matrix(x.map((row) => [row[steps - 3]! ^ row[steps - 4]!])) };
};

const accuracyOf = (plan: Plan, batches: number): number => {
  const m = model(plan, { seed: 1 });
  const learning = learner(m, { loss: binaryCrossentropy(), optimizer: adam(0.02) });
  for (let i = 0; i < batches; i++) learning.learnBatch(parityBatch(i, 32));
  const { x, y } = parityBatch(1e6, 500);
  learning.close();
  return (
    [...m.predict(x).data].reduce((hits, p, i) => hits + (Number(p > 0.5) === y.data[i] ? 1 : 0), 0) / 500
  );
};

it.each([
  ["gru", gru(1, 8, { steps })],
  ["lstm", lstm(1, 8, { steps })],
  ["conv1d", chain(conv1d(1, 8, { steps, kernelSize: 4, activation: "tanh" }), lastStep(steps, 8))],
])("%s() learns a delayed parity, of which the last value says nothing", (_, plan) => {
  const last = chain(lastStep(steps, 1), dense(1, 8, { activation: "tanh" }));
  const readout = dense(8, 1, { activation: "sigmoid" });
  expect(accuracyOf(chain(last, readout), 300)).toBeLessThan(0.6);
  expect(accuracyOf(chain(plan, readout), 600)).toBe(1);
});

it("gru() with stateful answers what only the window before knows", () => {
  const lossOf = (stateful: boolean): number => {
    const window = 4;
    const layer = gru(1, 8, { steps: window, returnSequences: true, stateful });
    const m = model(chain(layer, conv1d(8, 1, { steps: window, kernelSize: 1 })), { seed: 3 });
    const learning = learner(m, { loss: meanSquaredError(), optimizer: adam(0.01) });
    const dice = random(5);
    const past = [0, 0];
    let late = 0;
    for (let i = 0; i < 3000; i++) {
      const x = Array.from({ length: window }, () => dice.below(2));
      const y = [...past, ...x].slice(0, window); // each two steps late
      past.splice(0, 2, ...x.slice(-2));
      const { loss } = learning.learnBatch({ x: matrix([x]), y: matrix([y]) });
      if (i >= 2800) late += loss / 200;
    }
    learning.close();
    return late;
  };
  expect(lossOf(true)).toBeLessThan(0.01);
  expect(lossOf(false)).toBeGreaterThan(0.1); // half of the answers are guesses of a bit
});
