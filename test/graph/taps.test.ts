import {
  activations$,
  chain,
  dense,
  embedding,
  gradients$,
  learner,
  type Model,
  matrix,
  meanSquaredError,
  model,
  named,
  residual,
  sgd,
  type Tapped,
  tanh,
  train,
} from "rxgrad";
import { config, Subject, type Subscription, take, toArray } from "rxjs";
import { describe, expect, it, vi } from "vitest";

const small = (precision: "float32" | "float64" = "float64"): Model => {
  const m = model(chain(named("in", dense(2, 2)), tanh(), named("out", dense(2, 1))), { precision });
  const [W, b, V, c] = m.parameters;
  W!.value.data.set([1, -1, 0.5, 2]);
  b!.value.data.set([0.25, -0.25]);
  V!.value.data.set([2, -3]);
  c!.value.data.set([0.5]);
  return m;
};
const batch = { x: matrix([[1, 2]]), y: matrix([[1]]) };
const options = { loss: meanSquaredError(), optimizer: sgd(0.1) };
/** Whether anybody listens to any wire of any graph that runs. */
const listeners = (m: Model): number =>
  [...m.runs]
    .flatMap(({ circuit }) => circuit.nodes)
    .flatMap(({ value$, grad$ }) => [value$, grad$])
    .reduce((sum, stream) => sum + (stream as unknown as { observers: unknown[] }).observers.length, 0);

describe.each(["float64", "float32"] as const)("in %s", (precision) => {
  it("activations$() and gradients$() tell what a computation by hand says", () => {
    const m = small(precision);
    const seen: Record<string, Tapped[]> = {};
    for (const layer of ["in", 1, "out"] as const) {
      seen[`y ${layer}`] = [];
      seen[`dy ${layer}`] = [];
      activations$(m, layer).subscribe((tapped) => seen[`y ${layer}`]!.push(tapped));
      gradients$(m, layer).subscribe((tapped) => seen[`dy ${layer}`]!.push(tapped));
    }
    learner(m, options).learnBatch(batch);
    const z = [1 + 1 + 0.25, -1 + 4 - 0.25];
    const h = z.map(Math.tanh);
    const p = 2 * h[0]! - 3 * h[1]! + 0.5;
    const dp = 2 * (p - 1);
    const dh = [2 * dp, -3 * dp];
    const dz = dh.map((d, i) => d * (1 - h[i]! ** 2));
    const expected = { "y in": z, "y 1": h, "y out": [p], "dy in": dz, "dy 1": dh, "dy out": [dp] };
    for (const [what, values] of Object.entries(expected)) {
      expect(seen[what]).toHaveLength(1);
      const { value, mode, id } = seen[what]![0]!;
      expect([value.rows, value.cols, mode, id]).toEqual([1, values.length, "train", 0]);
      values.forEach((v, i) => {
        expect(Math.abs(value.data[i]! - v) / Math.max(1, Math.abs(v)), what).toBeLessThan(
          precision === "float32" ? 1e-6 : 1e-14,
        );
      });
    }
  });

  it("taps are copies, which later batches leave alone", () => {
    const m = small(precision);
    const seen: Tapped[] = [];
    activations$(m, "in").subscribe((tapped) => seen.push(tapped));
    gradients$(m, "in").subscribe((tapped) => seen.push(tapped));
    const engine = learner(m, options);
    engine.learnBatch(batch);
    const first = seen.map(({ value }) => [...value.data]);
    for (const v of [3, 4, 5]) engine.learnBatch({ x: matrix([[v, -v]]), y: matrix([[v]]) });
    expect(seen).toHaveLength(8);
    expect(seen.slice(0, 2).map(({ value }) => [...value.data])).toEqual(first);
    seen[0]!.value.data.fill(99); // and writing to a copy changes nothing
    expect(m.predict(batch.x).data).toEqual(m.predict(batch.x).data);
    expect(m.predict(batch.x).data[0]).toBeLessThan(50);
  });
});

it("activations$() sees every run: training, predictions, and what starts later", () => {
  const m = small();
  const seen: [number, string][] = [];
  m.predict(batch.x);
  activations$(m, "out").subscribe(({ run, mode }) => seen.push([run, mode]));
  m.predict(batch.x);
  learner(m, options).learnBatch(batch);
  learner(m, options).learnBatch(batch);
  m.predict(batch.x);
  expect(seen.map(([, mode]) => mode)).toEqual(["infer", "train", "train", "infer"]);
  expect(new Set(seen.map(([run]) => run)).size).toBe(3);
  expect(seen[0]![0]).toBe(seen[3]![0]);
});

it("gradients$() of a layer that feeds two sums what both bring back", () => {
  const m = model(chain(dense(1, 1), residual(dense(1, 1))), { precision: "float64" });
  m.parameters[0]!.value.data[0] = 1;
  m.parameters[2]!.value.data[0] = 3;
  const seen: number[] = [];
  gradients$(m, 0).subscribe(({ value }) => seen.push(value.data[0]!));
  learner(m, options).learnBatch({ x: matrix([[1]]), y: matrix([[3]]) });
  expect(seen).toEqual([2 * (4 - 3) * (1 + 3)]);
});

it("activations$() by index means one place of a shared layer, by name all of them", () => {
  const twice = named("twice", dense(1, 1));
  const m = model(chain(twice, twice), { precision: "float64" });
  m.parameters[0]!.value.data[0] = 2;
  const seen: Record<string, number[]> = { byName: [], first: [], second: [] };
  activations$(m, "twice")
    .pipe(take(2), toArray())
    .subscribe((both) => {
      seen.byName = both.map(({ value }) => value.data[0]!).sort();
    });
  activations$(m, 0).subscribe(({ value }) => seen.first!.push(value.data[0]!));
  activations$(m, 1).subscribe(({ value }) => seen.second!.push(value.data[0]!));
  m.predict(matrix([[1]]));
  expect(seen).toEqual({ byName: [2, 4], first: [2], second: [4] });
});

it("taps cost nothing unobserved: nobody else listens to the wires", () => {
  const m = small();
  const engine = learner(m, options);
  engine.learnBatch(batch);
  const quiet = listeners(m);
  const taps = [activations$(m, 0), gradients$(m, 0)];
  expect(listeners(m)).toBe(quiet);
  const watching = taps.map((tap) => tap.subscribe());
  expect(listeners(m)).toBe(quiet + 2);
  for (const one of watching) one.unsubscribe();
  expect(listeners(m)).toBe(quiet);
});

it("taps may be unsubscribed in the middle of a batch", () => {
  const m = small();
  const seen: string[] = [];
  const engine = learner(m, options);
  engine.learnBatch(batch);
  let other: Subscription | undefined;
  const own: Subscription = activations$(m, "in").subscribe(() => {
    seen.push("in");
    own.unsubscribe();
    other?.unsubscribe();
  });
  other = gradients$(m, "in").subscribe(() => seen.push("gradient"));
  activations$(m, "out")
    .pipe(take(1))
    .subscribe(() => seen.push("out"));
  const quiet = listeners(m);
  engine.learnBatch(batch);
  engine.learnBatch(batch);
  expect(seen.sort()).toEqual(["gradient", "in", "out"]); // once each, of the first of two batches
  expect(listeners(m)).toBe(quiet - 3);
});

it("taps complete when the model is disposed, also those that come later", () => {
  const m = small();
  m.predict(batch.x);
  const ends: string[] = [];
  activations$(m, 0).subscribe({ complete: () => ends.push("before") });
  m.dispose();
  activations$(m, 0).subscribe({ complete: () => ends.push("after") });
  expect(ends).toEqual(["before", "after"]);
});

it("taps outlive a batch that is refused on its way, forward and backward", () => {
  const m = model(chain(embedding(3, 2), named("out", dense(2, 1))), { precision: "float64" });
  const batches$ = new Subject<typeof batch>();
  const seen: string[] = [];
  activations$(m, "out").subscribe({ next: ({ mode }) => seen.push(mode), error: () => seen.push("error") });
  gradients$(m, 0).subscribe({ next: () => seen.push("gradient"), error: () => seen.push("error") });
  batches$.pipe(train(m, { ...options, onInvalid: "skip" })).subscribe();
  batches$.next({ x: matrix([[1]]), y: matrix([[1]]) });
  batches$.next({ x: matrix([[7]]), y: matrix([[1]]) });
  batches$.next({ x: matrix([[2]]), y: matrix([[1]]) });
  expect(seen).toEqual(["train", "gradient", "train", "gradient"]);
});

it("taps let go of graphs that have ended", () => {
  const m = small();
  const values = activations$(m, 0).subscribe();
  const grads = gradients$(m, 0).subscribe();
  for (let i = 0; i < 5; i++) {
    const engine = learner(m, options);
    engine.learnBatch(batch);
    const [run] = m.runs;
    engine.close();
    const { nodes } = run!.circuit;
    for (const { value$, grad$ } of nodes)
      expect([value$, grad$].map((s) => (s as unknown as Subject<unknown>).observed)).toEqual([false, false]);
  }
  expect([values.closed, grads.closed]).toEqual([false, false]);
});

it.each([3, -1, 1.5, "dense0", "middle"])("activations$() refuses a layer that is not there: %s", (layer) => {
  const m = small();
  expect(() => activations$(m, layer)).toThrow(
    `activations$() expects a layer of the model: 0 in, 1 tanh1, 2 out, got ${layer}`,
  );
  expect(() => gradients$(m, layer)).toThrow(
    `gradients$() expects a layer of the model: 0 in, 1 tanh1, 2 out, got ${layer}`,
  );
});

it("taps of a layer with an activation of its own see what comes out of that, also once gradients have been back", () => {
  for (const precision of ["float32", "float64"] as const)
    for (const activation of ["tanh", "relu", "sigmoid", "softmax"] as const) {
      const m = model(chain(dense(2, 3, { activation }), dense(3, 1)), { precision, seed: 3 });
      const alone = model(dense(2, 3, { activation }), { precision });
      alone.weights.values.data.set(m.weights.values.data.subarray(0, 9));
      const [V] = m.parameters.filter(({ name }) => name === "dense1.W").map(({ value }) => [...value.data]);
      const dp = 2 * (m.predict(batch.x).data[0]! - 1);
      let y: number[] = [];
      let dy: number[] = [];
      activations$(m, 0).subscribe(({ value }) => {
        y = [...value.data];
      });
      gradients$(m, 0).subscribe(({ value }) => {
        dy = [...value.data];
      });
      learner(m, options).learnBatch(batch);
      expect(y).toEqual([...alone.predict(batch.x).data]);
      V!.forEach((v, j) => {
        expect(dy[j]).toBeCloseTo(dp * v, 5);
      });
    }
});

it("taps and steps whose subscribers throw stop neither the training nor others, and RxJS reports the errors", () => {
  vi.useFakeTimers();
  const reported: string[] = [];
  config.onUnhandledError = ({ message }) => reported.push(message);
  try {
    const [m, quiet] = [small(), small()];
    const seen: string[] = [];
    const throwing = (what: string) => () => {
      throw new Error(`${what} threw`);
    };
    activations$(m, "in").subscribe(throwing("activations$"));
    gradients$(m, "in").subscribe(throwing("gradients$"));
    activations$(m, "in").subscribe(() => seen.push("activation"));
    gradients$(m, "in").subscribe(() => seen.push("gradient"));
    const batches$ = new Subject<typeof batch>();
    const steps$ = batches$.pipe(train(m, options));
    steps$.subscribe(throwing("step"));
    steps$.subscribe(({ id }) => seen.push(`step ${id}`));
    for (let i = 0; i < 2; i++) batches$.next(batch);
    expect(seen.sort()).toEqual(["activation", "activation", "gradient", "gradient", "step 0", "step 1"]);
    vi.runAllTimers();
    expect(reported.sort()).toEqual([
      ...["activations$ threw", "activations$ threw"],
      ...["gradients$ threw", "gradients$ threw"],
      ...["step threw", "step threw"],
    ]);
    const engine = learner(quiet, options);
    for (let i = 0; i < 2; i++) engine.learnBatch(batch);
    expect(m.weights.values.data).toEqual(quiet.weights.values.data);
  } finally {
    config.onUnhandledError = null;
    vi.useRealTimers();
  }
});
