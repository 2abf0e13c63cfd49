// Long because it holds all that a run in a worker has in common with one in process
import { type InWorkerOptions, inWorker, type Learning, type Remote } from "rxgrad/node";
import {
  concat,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
  toArray,
} from "rxjs";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { Batch } from "../../src/graph/batch.ts";
import type { Rejection } from "../../src/graph/model.ts";
import { activations$ } from "../../src/graph/taps.ts";
import { type Matrix, matrix, zeros } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { sparse } from "../../src/math/sparse.ts";
import type { Step } from "../../src/streams/train.ts";

/** What a setup of the fixtures makes in this thread: the same as in the worker. */
type Make = (data: { readonly setup: string; readonly [option: string]: unknown }) => Learning;
let learning: Make;

beforeAll(async () => {
  ({ learning } = (await import(String(address))) as { learning: Make });
});

const address = new URL("./fixtures/setups.js", import.meta.url);
const open: Remote<Step>[] = [];
const remoteOf = async (data: object, options: InWorkerOptions = {}): Promise<Remote<Step>> => {
  const remote = await inWorker(address, { data, ...options });
  open.push(remote);
  return remote;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((remote) => remote.close()));
});

const dice = random(11);
const randomMatrix = (rows: number, cols: number): Matrix => {
  const m = zeros(rows, cols);
  for (let i = 0; i < m.data.length; i++) m.data[i] = dice.normal();
  return m;
};
const batchOf = (rows = 4): Batch => {
  const x = randomMatrix(rows, 3);
  const weight = zeros(rows, 1);
  weight.data.forEach((_, i) => {
    weight.data[i] = dice.uniform();
  });
  return { x, y: randomMatrix(rows, 2), ...(dice.uniform() < 0.5 ? { weight } : {}) };
};
const batchesOf = (n: number): Batch[] => Array.from({ length: n }, (_, i) => batchOf(2 + (i % 5)));
const all = <Item>(source$: Observable<Item>): Promise<Item[]> => lastValueFrom(source$.pipe(toArray()));
const failureOf = (source$: Observable<unknown>): Promise<Error> =>
  all(source$).then(
    () => new Error("there was none"),
    (error) => error,
  );
const withoutVersion = <S extends object>(steps: readonly S[]) =>
  steps.map((step) => ({ ...step, version: undefined, run: undefined }));
const numbersOf = ({ model: { weights } }: Pick<Learning, "model">) => [
  Array.from(weights.values.data),
  Array.from(weights.buffers.data),
];

it.each(["float64", "float32"])(
  "inWorker() gives the steps and the weights of training in process, bit by bit, in %s",
  async (precision) => {
    const batches = batchesOf(200);
    const data = { setup: "train", precision };
    const here = learning(data);
    const remote = await remoteOf(data);
    const steps = await all(from(batches).pipe(remote.train()));
    const expected = await all(from(batches).pipe(here.learn));
    expect(withoutVersion(steps)).toEqual(withoutVersion(expected));
    expect(steps.map(({ version }) => version)).toEqual(batches.map((_, i) => i + 1));
    expect(remote.refresh()).toBe(200);
    expect(numbersOf(remote)).toEqual(numbersOf(here));
  },
);

it("inWorker() answers 10,000 times while it learns, each from the weights of the version that it tells", async () => {
  const batches = Array.from({ length: 500 }, () => batchOf());
  const data = { setup: "train" };
  const remote = await remoteOf(data);
  const answers: { x: Matrix; prediction: Matrix; version: number }[] = [];
  let learned = false;
  const done = lastValueFrom(from(batches).pipe(remote.train())).then(() => {
    learned = true;
  });
  // a turn of the event loop for every few predictions; at the end they go on from the last version
  while (answers.length < 10_000 || !learned) {
    for (let i = 0; i < 20; i++) {
      const x = randomMatrix(1, 3);
      answers.push({ x, ...remote.predict(x) });
    }
    await new Promise(setImmediate);
  }
  await done;
  const x = randomMatrix(1, 3);
  answers.push({ x, ...remote.predict(x) });
  const here = learning(data);
  const versions = new Map<number, typeof answers>();
  for (const answer of answers) {
    const same = versions.get(answer.version);
    if (same) same.push(answer);
    else versions.set(answer.version, [answer]);
  }
  const wrong: unknown[] = [];
  const check = (version: number): void => {
    for (const { x, prediction } of versions.get(version) ?? [])
      if (here.model.predict(x).data.some((v, i) => v !== prediction.data[i])) wrong.push(version);
    versions.delete(version);
  };
  check(0);
  let version = 0;
  await lastValueFrom(
    from(batches).pipe(
      here.learn,
      tap(() => check(++version)),
    ),
  );
  expect(wrong).toEqual([]);
  expect(versions.size).toBe(0);
  const seen = answers.map((answer) => answer.version);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBeGreaterThan(5);
  expect(seen.at(-1)).toBe(500);
});

it("inWorker() leaves the event loop free while it learns", async () => {
  const remote = await remoteOf({ setup: "wide", width: 512 });
  const batches = Array.from({ length: 20 }, () => ({ x: randomMatrix(64, 512), y: randomMatrix(64, 1) }));
  let timers = 0;
  let turnsPerStep = 0;
  const turns: number[] = [];
  const timer = setInterval(() => timers++, 1);
  const count = (): void => {
    turnsPerStep++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  await all(
    from(batches).pipe(
      remote.train(),
      tap(() => {
        turns.push(turnsPerStep);
        turnsPerStep = 0;
      }),
    ),
  );
  clearImmediate(immediate);
  clearInterval(timer);
  expect(turns.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(100);
  expect(timers).toBeGreaterThan(5);
});

it('inWorker() drops bad batches with onInvalid: "skip", and tells of them on rejected$', async () => {
  const data = { setup: "train", onInvalid: "skip" };
  const good = batchesOf(5);
  const bad = [
    { ...batchOf(), x: matrix([[1, 2, Number.NaN]]) },
    { ...batchOf(), x: matrix([[1, 2]]) },
    { x: [[1, 2, 3]], y: [[1, 2]] },
    undefined,
  ] as unknown as Batch[];
  const batches = good.flatMap((batch, i) => (bad[i] === undefined && i !== 3 ? [batch] : [bad[i]!, batch]));
  const here = learning(data);
  const remote = await remoteOf(data);
  const refusedOf = (rejected$: Observable<Rejection>): Rejection[] => {
    const refused: Rejection[] = [];
    rejected$.subscribe((rejection) => refused.push(rejection));
    return refused;
  };
  const [refused, expected] = [refusedOf(remote.rejected$), refusedOf(here.model.rejected$)];
  const steps = await all(from(batches).pipe(remote.train()));
  expect(withoutVersion(steps)).toEqual(withoutVersion(await all(from(batches).pipe(here.learn))));
  expect(steps).toHaveLength(5);
  expect(refused.map(({ error }) => ({ ...error, message: error.message }))).toEqual(
    expected.map(({ error }) => ({ ...error, message: error.message })),
  );
  expect(refused.map(({ batch }) => batch)).toEqual(bad);
  expect(numbersOf(remote)).not.toEqual(numbersOf(here));
  remote.refresh();
  expect(numbersOf(remote)).toEqual(numbersOf(here));
});

it("inWorker() errors on a bad batch as training in process does, and can be subscribed to again", async () => {
  const data = { setup: "train" };
  const batches = [...batchesOf(3), { ...batchOf(), x: matrix([[1, 2]]) }, ...batchesOf(3)];
  const remote = await remoteOf(data);
  const seen: Step[] = [];
  const failure = await failureOf(
    from(batches).pipe(
      remote.train(),
      tap((step) => seen.push(step)),
    ),
  );
  const expected = await failureOf(from(batches).pipe(learning(data).learn));
  expect(failure.message).toBe("train() expects 3 columns in x, got 1 × 2");
  expect({ ...failure, message: failure.message }).toEqual({ ...expected, message: expected.message });
  expect(seen).toHaveLength(3);
  const again = await all(from(batchesOf(2)).pipe(remote.train()));
  expect(again.map(({ version }) => version)).toEqual([4, 5]);
});

it("inWorker() passes what user code throws, with its name", async () => {
  const remote = await remoteOf({ setup: "brokenLoss" });
  const failure = await failureOf(of(batchOf()).pipe(remote.train()));
  expect([failure.name, failure.message]).toEqual(["TypeError", "the loss is not there"]);
  expect(failure.stack).toContain("setups.js");
});

it.each([
  ["exit", "inWorker(setups.js) expects its worker to live until close(), got exit code 3"],
  ["throw", "inWorker(setups.js): nobody catches this"],
])("inWorker() errors when its worker dies by %s, and still predicts", async (how, message) => {
  const remote = await remoteOf({ setup: "dying", how, after: 2 });
  const batches$ = concat(from(batchesOf(5)), NEVER);
  const other = failureOf(NEVER.pipe(remote.train()));
  expect((await failureOf(batches$.pipe(remote.train()))).message).toBe(message);
  expect((await other).message).toBe(message);
  expect((await failureOf(of(batchOf()).pipe(remote.train()))).message).toBe(message);
  const { prediction, version } = remote.predict(randomMatrix(2, 3));
  expect([prediction.rows, version >= 2]).toEqual([2, true]);
});

it("inWorker() says what a step must be when one cannot be sent", async () => {
  const remote = await remoteOf({ setup: "uncloneable" });
  expect((await failureOf(of(batchOf()).pipe(remote.train()))).message).toBe(
    "inWorker(setups.js) expects steps that can be cloned, got f() {} could not be cloned.",
  );
});

it("inWorker() rejects when there is nothing to start", async () => {
  const nothing = new URL("./fixtures/nothing.js", import.meta.url);
  await expect(inWorker(nothing)).rejects.toThrow(
    "inWorker(nothing.js) expects a module that exports a function `learning`, got undefined",
  );
  await expect(inWorker(new URL("./fixtures/gone.js", import.meta.url))).rejects.toThrow("gone.js");
  await expect(remoteOf({ setup: "nothing" })).rejects.toThrow(
    "inWorker(setups.js) expects `learning` to return { model, learn }, such as { model: net, learn: train(net, …) }, got { net }",
  );
  await expect(remoteOf({ setup: "throwing" })).rejects.toThrow("this machine is too small");
  await expect(remoteOf({ setup: "different" })).rejects.toThrow(
    "inWorker(setups.js) expects the same model in both threads, of 26 + 0 numbers in float32, got 30 + 0 numbers in float32",
  );
  await expect(remoteOf({ setup: "plain" }, { slots: 0 })).rejects.toThrow("slots");
});

it("inWorker() lets go of the source at once when it is left, and forgets what waits", async () => {
  const remote = await remoteOf({ setup: "wide" }, { slots: 4 });
  const source$ = new Subject<Batch>();
  const seen: Step[] = [];
  const subscription = source$.pipe(remote.train()).subscribe((step) => seen.push(step));
  const batch = { x: randomMatrix(256, 256), y: randomMatrix(256, 1) };
  for (let i = 0; i < 100; i++) source$.next(batch);
  subscription.unsubscribe();
  expect(source$.observed).toBe(false);
  const [step] = await all(of(batch).pipe(remote.train()));
  expect(seen).toEqual([]);
  expect(step!.version).toBeLessThanOrEqual(6);
  expect(remote.depth).toBeLessThanOrEqual(1);
});

it("inWorker() stops a source that pushes all at once when somebody leaves", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const steps = await all(from(batchesOf(50)).pipe(remote.train(), take(3)));
  expect(steps.map(({ id }) => id)).toEqual([0, 1, 2]);
});

it("inWorker() passes an error of the source, behind the steps of what came before it", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const error = new Error("the source broke");
  const seen: Step[] = [];
  const batches$ = concat(
    from(batchesOf(50)),
    throwError(() => error),
  );
  expect(
    await failureOf(
      batches$.pipe(
        remote.train(),
        tap((step) => seen.push(step)),
      ),
    ),
  ).toBe(error);
  expect(seen).toHaveLength(50);
});

it("inWorker() completes when its operator does", async () => {
  const remote = await remoteOf({ setup: "three" });
  const source$ = new Subject<Batch>();
  const steps = all(source$.pipe(remote.train()));
  for (const batch of batchesOf(10)) source$.next(batch);
  expect(await steps).toHaveLength(3);
  expect(source$.observed).toBe(false);
});

it("inWorker() runs any operator: prequential with metrics, steps with predictions, one that is silent", async () => {
  const batches = batchesOf(20).map(({ x }) => ({
    x,
    y: { rows: x.rows, cols: 1, data: zeros(x.rows, 1).data.fill(1) },
  }));
  const scored = await remoteOf({ setup: "prequential" });
  const expected = await all(from(batches).pipe(learning({ setup: "prequential" }).learn));
  expect(withoutVersion(await all(from(batches).pipe(scored.train())))).toEqual(withoutVersion(expected));
  const wide = batchesOf(20);
  const predicting = await remoteOf({ setup: "predictions" });
  const predicted = await all(from(wide).pipe(learning({ setup: "predictions" }).learn));
  expect(withoutVersion(await all(from(wide).pipe(predicting.train())))).toEqual(withoutVersion(predicted));
  const silent = await remoteOf({ setup: "silent" });
  expect(await all(from(wide).pipe(silent.train()))).toEqual([]);
});

it("inWorker() takes batches that shared memory has no room for, and sparse ones", async () => {
  const data = { setup: "plain", inputs: 1000, options: { sparse: true } };
  const x = sparse(
    [
      [[7, 1]],
      [
        [999, -2],
        [3, 0.5],
      ],
    ],
    1000,
  );
  const batches = [
    { x: randomMatrix(50, 1000), y: randomMatrix(50, 2) },
    { x, y: randomMatrix(2, 2) },
    { x: randomMatrix(2, 1000), y: randomMatrix(2, 2) },
  ];
  const remote = await remoteOf(data, { maxRows: 2 });
  const steps = await all(from(batches).pipe(remote.train()));
  expect(withoutVersion(steps)).toEqual(withoutVersion(await all(from(batches).pipe(learning(data).learn))));
});

it("inWorker() pulls from an iterable no more than it has room for", async () => {
  const remote = await remoteOf({ setup: "plain" }, { slots: 4 });
  let made = 0;
  let deepest = 0;
  let closed = false;
  function* endless() {
    try {
      for (;;) {
        made++;
        deepest = Math.max(deepest, remote.depth);
        yield batchOf();
      }
    } finally {
      closed = true;
    }
  }
  const steps = await all(remote.trainOn(endless()).pipe(take(2000)));
  expect(steps.at(-1)!.id).toBe(1999);
  expect(deepest).toBeLessThanOrEqual(4);
  expect(made).toBeLessThanOrEqual(2000 + 2 * 4);
  expect(closed).toBe(true);
});

it("inWorker() pulls from an async iterable, and passes its end and its errors", async () => {
  const remote = await remoteOf({ setup: "plain" }, { slots: 2 });
  const batches = batchesOf(20);
  async function* source(error?: Error) {
    for (const batch of batches) {
      await new Promise(setImmediate);
      yield batch;
    }
    if (error) throw error;
  }
  expect(await all(remote.trainOn(source()))).toHaveLength(20);
  const error = new Error("no more");
  expect(await failureOf(remote.trainOn(source(error)))).toBe(error);
});

it("inWorker() errors when more than maxPending batches wait", async () => {
  const remote = await remoteOf({ setup: "plain" }, { slots: 2, maxPending: 3 });
  const failure = await failureOf(from(batchesOf(6)).pipe(remote.train()));
  expect(failure.message).toBe(
    "inWorker(setups.js) expects at most 3 waiting batches (maxPending), got one more: trainOn(iterable) pulls from a source instead",
  );
});

it("inWorker() publishes every so many steps, and the last of them when it has no more work", async () => {
  const remote = await remoteOf({ setup: "wide" }, { publishEvery: 10 });
  const batch = { x: randomMatrix(64, 256), y: randomMatrix(64, 1) };
  const x = randomMatrix(1, 256);
  const versions: number[] = [];
  let learned = false;
  const done = all(from(Array(125).fill(batch)).pipe(remote.train())).then(() => {
    learned = true;
  });
  while (!learned) {
    versions.push(remote.predict(x).version);
    await new Promise(setImmediate);
  }
  await done;
  expect(remote.predict(x).version).toBe(125);
  expect(new Set(versions).size).toBeLessThan(50); // now and then it has no work before the next batch comes
});

it("inWorker() shares a run among all who subscribe to it, and starts its operator anew for the next", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const source$ = new Subject<Batch>();
  const steps$ = source$.pipe(remote.train());
  const both = [all(steps$), all(steps$)];
  for (const batch of batchesOf(4)) source$.next(batch);
  source$.complete();
  const [a, b] = await Promise.all(both);
  expect(a).toEqual(b);
  const [next] = await all(of(batchOf()).pipe(remote.train()));
  expect([next!.id, next!.version]).toEqual([0, 5]);
});

it("inWorker() lets two runs learn in turns", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const runs = [0, 1].map(() => all(from(batchesOf(30)).pipe(remote.train())));
  const versions = (await Promise.all(runs)).flat().map(({ version }) => version);
  expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
});

it("inWorker() keeps the weights under a prediction that is under way", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const x = randomMatrix(1, 3);
  const before = remote.predict(x);
  await all(from(batchesOf(10)).pipe(remote.train()));
  const versions: number[] = [];
  let asked = 0;
  const tapped = activations$(remote.model, 0).subscribe(() => {
    if (asked++ === 0) versions.push(remote.predict(x).version); // which the tap sees, too
  });
  const after = remote.model.predict(x);
  tapped.unsubscribe();
  expect(versions).toEqual([0]);
  expect(after).toEqual(before.prediction);
  expect(remote.predict(x).version).toBe(10);
});

it("inWorker() completes its runs when it is closed, and refuses new ones", async () => {
  const remote = await remoteOf({ setup: "plain" });
  const source$ = new Subject<Batch>();
  const steps = all(source$.pipe(remote.train()));
  source$.next(batchOf());
  await remote.close();
  await steps;
  expect(source$.observed).toBe(false);
  expect((await failureOf(source$.pipe(remote.train()))).message).toBe(
    "inWorker(setups.js) expects no calls after close(), got one",
  );
  expect(remote.predict(randomMatrix(1, 3)).prediction.rows).toBe(1);
  await remote.close();
});
