import {
  accuracy,
  adam,
  batchNorm,
  category,
  chain,
  dense,
  dropout,
  earlyStopping,
  features,
  holding,
  learner,
  load,
  matrix,
  mean,
  meanSquaredError,
  model,
  numeric,
  type OnlineClassifier,
  type OnlineRegressor,
  onlineClassifier,
  onlineRegressor,
  prequential,
  readSafetensors,
  reservoir,
  save,
  scaler,
  sgd,
  train,
  writeSafetensors,
} from "rxgrad";
import { Subject } from "rxjs";
import { expect, it } from "vitest";
import { fuzzLoading } from "../nightly/fuzzing.mjs";
import { sealed } from "../nightly/sealed.mjs";
import { stateOf } from "../support/modelState.ts";

const plan = () => chain(dense(2, 4, { activation: "tanh" }), batchNorm(4), dropout(0.5), dense(4, 1));
const batch = {
  x: matrix([
    [1, 2],
    [3, 4],
    [-1, 0],
  ]),
  y: matrix([[1], [0], [2]]),
};
const options = { loss: meanSquaredError(), optimizer: adam(0.01) };

const trained = (seed = 1) => {
  const net = model(plan(), { seed });
  const learning = learner(net, options);
  for (let i = 0; i < 5; i++) learning.learnBatch(batch);
  return { net, learning };
};

it("load() brings a model to what save() has kept", () => {
  const { net } = trained();
  const other = model(plan(), { seed: 2 });
  expect(load(other, save(net))).toEqual({ position: undefined, version: 2 });
  expect(stateOf(other)).toBe(stateOf(net));
  expect(other.predict(batch.x)).toEqual(net.predict(batch.x));
});

it("load() lets training at work go on from the saved state of its rule", () => {
  const { net, learning } = trained();
  const bytes = save(net);
  const next = learning.learnBatch(batch);
  const after = save(net);
  load(net, bytes);
  expect(learning.learnBatch(batch).loss).toBe(next.loss);
  expect(save(net)).toEqual(after);
});

it("load() keeps the states of training that has not begun yet", () => {
  const { net, learning } = trained();
  const bytes = save(net);
  const first = model(plan());
  load(first, bytes);
  const second = model(plan());
  load(second, save(first)); // nothing was at work in between
  const resumed = learner(second, options);
  expect(resumed.learnBatch(batch).loss).toBe(learning.learnBatch(batch).loss);
  expect(save(second)).toEqual(save(net));
});

it("load() refuses another rule when training begins, unless it loads weights only", () => {
  const bytes = save(trained().net);
  const net = model(plan());
  load(net, bytes);
  expect(() => learner(net, { ...options, optimizer: sgd(0.1) })).toThrow(
    "load() expects adam(0.01) to go on from its saved state, got sgd(0.1)",
  );
  const seen: unknown[] = [];
  new Subject<typeof batch>()
    .pipe(train(net, { ...options, optimizer: sgd(0.1) }))
    .subscribe({ error: (e) => seen.push(e.message) });
  expect(seen).toHaveLength(1);
  const other = model(plan());
  load(other, bytes, { weightsOnly: true });
  expect(() => learner(other, { ...options, optimizer: sgd(0.1) })).not.toThrow();
});

it("load() assigns the states of parts", () => {
  const [inputs, mood] = [scaler(), holding(mean())];
  inputs.learn([1, 2]);
  inputs.learn([3, 5]);
  mood.learn(4);
  const memory = reservoir(3);
  const live = { state: memory.init() };
  memory.step(live.state, batch);
  const own = { state: { count: 7, seen: new Map([["a", 1n]]) } };
  const net = model(plan());
  const bytes = save(net, { parts: { inputs, mood, live, own }, position: { offset: 12n } });
  const [inputs2, mood2, live2] = [scaler(), holding(mean()), { state: memory.init() }];
  const own2 = { state: { count: 0, seen: new Map<string, bigint>() } };
  const loaded = load(net, bytes, { parts: { inputs: inputs2, mood: mood2, live: live2, own: own2 } });
  expect(loaded.position).toEqual({ offset: 12n });
  expect(inputs2.transform([2, 2])).toEqual(inputs.transform([2, 2]));
  expect(mood2.reading).toBe(4);
  expect(live2).toEqual(live);
  expect(own2).toEqual(own);
});

it.each(["classifier", "regressor"])(
  "load() lets an online %s go on bit by bit, with its vocabularies",
  (kind) => {
    const schema = features<Visit>()({ a: numeric(), word: category({ capacity: 3 }) });
    const event = (i: number) => ({ a: Math.sin(i), word: `w${(i * i) % 5}` });
    const made = () => {
      const one =
        kind === "classifier" ? onlineClassifier(schema, { seed: 3 }) : onlineRegressor(schema, { seed: 3 });
      return {
        one,
        step: (i: number): unknown =>
          "learnOne" in one && kind === "classifier"
            ? (one as OnlineClassifier<Visit>).learnOne(event(i), `label${i % 3}`)
            : (one as OnlineRegressor<Visit>).learnOne(event(i), Math.cos(i)),
      };
    };
    const first = made();
    for (let i = 0; i < 60; i++) first.step(i);
    const bytes = save(first.one.models, { parts: { one: first.one } });
    const second = made();
    for (let i = 0; i < 5; i++) second.step(7 * i); // it need not be new
    load(second.one.models, bytes, { parts: { one: second.one } });
    for (let i = 60; i < 120; i++) expect(second.step(i)).toEqual(first.step(i));
    expect(save(second.one.models, { parts: { one: second.one } })).toEqual(
      save(first.one.models, { parts: { one: first.one } }),
    );
  },
);

interface Visit {
  readonly a: number;
  readonly word: string;
}

it("save() and load() take several models by name", () => {
  const nets = { slow: trained(1).net, quick: trained(2).net };
  const bytes = save(nets);
  const others = { quick: model(plan()), slow: model(plan()) };
  load(others, bytes);
  expect(stateOf(others.slow)).toBe(stateOf(nets.slow));
  expect(stateOf(others.quick)).toBe(stateOf(nets.quick));
  expect([...readSafetensors(bytes).tensors.keys()]).toContain("slow/dense0.W");
  expect(() => load(others.slow, bytes)).toThrow("the models that were saved (slow, quick), got one");
});

const edited = (
  change: (tensors: Map<string, unknown>, metadata: Record<string, string>) => void,
): Uint8Array => {
  const { tensors, metadata } = readSafetensors(save(trained().net, { position: 3 }));
  const [all, texts] = [new Map<string, unknown>(tensors), Object.fromEntries(metadata)];
  change(all, texts);
  return sealed(writeSafetensors(all as never, texts));
};
const W = (data: Float32Array | Float64Array, shape = [2, 4]) => ({ shape, data });
const bytesOf = (text: string) => ({ shape: [text.length], data: new TextEncoder().encode(text) });
it.each([
  ["another format", edited((_, texts) => void delete texts.format), "a file that save() has written"],
  [
    "a version to come",
    edited((_, texts) => void Object.assign(texts, { version: "3" })),
    'a file of version 1 to 2, got "3"',
  ],
  ["a missing tensor", edited((t) => t.delete("dense0.W")), "2 × 4 numbers as dense0.W, got none"],
  [
    "a tensor too many",
    edited((t) => t.set("other", W(new Float32Array(8)))),
    "tensors of weights and buffers",
  ],
  ["another shape", edited((t) => t.set("dense0.W", W(new Float32Array(8), [4, 2]))), "got 4 × 2"],
  ["another type", edited((t) => t.set("dense0.W", W(new Float64Array(8)))), "got F64"],
  [
    "NaN",
    edited((t) => t.set("dense0.W", W(new Float32Array(8).fill(Number.NaN)))),
    "finite numbers as dense0.W",
  ],
  ["a missing state", edited((t) => t.delete("state.json")), "bytes as state.json"],
  [
    "a state that is none",
    edited((t) => {
      t.set("state.json", bytesOf("1"));
      for (const dtype of ["F32", "U32"]) t.delete(`state.numbers.${dtype}`);
    }),
    "models, parts, position as state",
  ],
  [
    "a state that is no JSON",
    edited((t) => t.set("state.json", bytesOf("{"))),
    "JSON without duplicate keys",
  ],
  [
    "numbers of another type",
    edited((t) => t.set("state.numbers.F32", W(new Float64Array(1), [1]))),
    "F32 in state.numbers.F32",
  ],
  ["the weights of another plan", save(model(chain(dense(2, 1)))), "expects chain(dense(2, 4"],
  ["another precision", save(model(plan(), { precision: "float64" })), "numbers in float32, got float64"],
  [
    "parts of others",
    save(model(plan()), { parts: { inputs: scaler() } }),
    "the parts that were saved (inputs), got none",
  ],
])("load() refuses %s, and nothing has changed", (_, bytes, message) => {
  const { net } = trained(3);
  const before = Buffer.from(save(net));
  expect(() => load(net, bytes)).toThrow(message);
  expect(Buffer.compare(save(net), before)).toBe(0);
});

it("load() refuses the state of another rule at work, and nothing has changed", () => {
  const { net } = trained();
  const other = model(plan());
  learner(other, { ...options, optimizer: sgd(0.1, { momentum: 0.9 }) });
  const before = save(other);
  expect(() => load(other, save(net))).toThrow(
    "expects sgd(0.1, { momentum: 0.9 }), which is at work, got adam(0.01)",
  );
  expect(() => load(other, save(model(plan())))).toThrow("states of the 1 parts at work");
  expect(save(other)).toEqual(before);
});

it("load() refuses to change a model while a batch is in flight", () => {
  const net = model(plan());
  const bytes = save(net);
  const batches$ = new Subject<typeof batch>();
  const errors: string[] = [];
  batches$.pipe(train(net, options)).subscribe(() => {
    try {
      load(net, bytes);
    } catch (error) {
      errors.push((error as Error).message);
    }
  });
  batches$.next(batch);
  expect(errors).toEqual(["load() expects no batch in flight, got one"]);
});

it("load() lets earlyStopping and validation go on where they were", () => {
  const losses = [5, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2];
  const run = (from: number, to: number, saved?: Uint8Array) => {
    const net = model(plan(), { seed: 1 });
    if (saved) load(net, saved);
    const seen: unknown[] = [];
    let [bytes, at] = [new Uint8Array(), from];
    const batches$ = new Subject<typeof batch>();
    batches$
      .pipe(
        train(net, { ...options, validation: { ...batch, every: 3 } }),
        earlyStopping(net, { patience: 4, monitor: () => losses[at++], restoreBest: true }),
      )
      .subscribe({
        next: ({ loss, validationLoss }) => {
          seen.push([loss, validationLoss]);
          bytes = save(net);
        },
        complete: () => seen.push(stateOf(net)),
      });
    for (let i = from; i < to; i++) batches$.next(batch);
    return { seen, bytes };
  };
  const whole = run(0, losses.length);
  expect(whole.seen.length).toBe(11); // the fourth step without improvement is the tenth, and then it ends
  for (let stop = 1; stop < 10; stop++) {
    const before = run(0, stop);
    expect([...before.seen, ...run(stop, losses.length, before.bytes).seen]).toEqual(whole.seen);
  }
});

it("save() keeps nothing of training that has ended", () => {
  const net = model(plan());
  const batches$ = new Subject<typeof batch>();
  const metrics = { accuracy: accuracy({ threshold: 0.5 }) };
  const subscription = batches$.pipe(prequential(net, { ...options, metrics })).subscribe();
  batches$.next(batch);
  const length = save(net).length;
  subscription.unsubscribe();
  expect(save(net).length).toBeLessThan(length);
  expect(net.weights.parts.running.size).toBe(0);
});

it.each([
  ["what is no model", () => save({} as never), "a model, or models by name"],
  [
    "what has no state",
    () => save(model(plan()), { parts: { a: 1 as never } }),
    "an object whose state can be assigned",
  ],
  ["an unknown option", () => save(model(plan()), { part: {} } as never), "options named parts, position"],
  [
    "an unknown option",
    () => load(model(plan()), save(model(plan())), { part: {} } as never),
    "options named",
  ],
  [
    "a state that cannot be assigned",
    () => save(model(plan()), { parts: { a: Object.freeze({ state: 1 }) } }),
    "assigned",
  ],
  ["what is no state", () => save(model(plan()), { position: () => 1 }), "plain data"],
])("save() and load() refuse %s", (_, attempt, message) => {
  expect(attempt).toThrow(message);
});

it("load() refuses mutated files in words and without a trace, or loads a whole model: 20,000", () => {
  const refused = fuzzLoading(20_000, 1);
  expect(refused).toBeGreaterThan(10_000);
  expect(refused).toBeLessThan(20_000);
});
