import {
  accuracy,
  adam,
  type Batch,
  categoricalCrossentropy,
  chain,
  darkExperience,
  dense,
  hedge,
  hedged,
  type Loss,
  type Memory,
  matrix,
  meanSquaredError,
  minibatch,
  model,
  newest,
  type PoolStreamOptions,
  type PrioritizedMemory,
  pool,
  prequential,
  prioritized,
  type Rejection,
  replay,
  reservoir,
  type ScoredStep,
  sgd,
  sparse,
  toRows,
  train,
} from "rxgrad";
import { filter, from, map, type OperatorFunction, Subject, tap } from "rxjs";
import { describe, expect, test } from "vitest";
import { random } from "../../src/math/random.ts";
import { operatorLaws } from "../laws/operator.ts";

const batch = (...xs: number[]): Batch => ({
  x: matrix(xs.map((x) => [x, -x])),
  y: matrix(xs.map((x) => [2 * x])),
});
const batches = [batch(1, 2), batch(3, 4), batch(5, 6), batch(7, 8), batch(9, 10)];

/** What learns here: it answers x₀ + ½, and shows what it got. */
const learning = (got: Batch[] = []): OperatorFunction<Batch, ScoredStep> =>
  map((given, id) => {
    got.push({
      x: matrix(toRows(given.x)),
      y: matrix(toRows(given.y)),
      ...(given.weight && { weight: matrix(toRows(given.weight)) }),
    });
    const prediction = matrix(toRows(given.x).map(([x]) => [x! + 0.5]));
    const { weight } = given;
    return {
      run: 0,
      id,
      size: given.x.rows,
      loss: 0,
      prediction,
      target: given.y,
      ...(weight && { weight }),
    };
  });

/** All that comes out, and what the learner got. */
const replayed = <State>(
  memory: Memory<State>,
  given: readonly Batch[],
  options: Parameters<typeof replay<ScoredStep, State>>[2] & { readonly loss: Loss } = {
    loss: meanSquaredError(),
  },
) => {
  const got: Batch[] = [];
  const steps: ScoredStep[] = [];
  from(given)
    .pipe(replay(memory as PrioritizedMemory<State>, learning(got), options))
    .subscribe((step) => steps.push(step));
  return { got, steps };
};

operatorLaws<Batch, ScoredStep>("replay(reservoir(3), learning())", {
  operator: () => replay(reservoir(3), learning()),
  items: batches,
  expected: (all) =>
    all.map(({ x, y }, id) => ({
      ...{ run: 0, id, size: 2, loss: 0, target: y },
      prediction: matrix(toRows(x).map(([v]) => [v! + 0.5])),
    })),
});

test("replay() puts rows of batches before below those of the batch, and offers these afterwards", () => {
  const { got } = replayed(reservoir(3, { seed: 4 }), batches, { mix: 1.5, loss: meanSquaredError() });
  const memory = reservoir(3, { seed: 4 });
  const state = memory.init();
  got.forEach(({ x, y, weight }, i) => {
    const { x: own } = batches[i]!;
    const { slots } = i === 0 ? { slots: [] } : memory.sample(state, 3);
    const old = slots.map((slot) => memory.kept(state)[slot]!);
    expect(toRows(x)).toEqual([...toRows(own), ...old.map((row) => row.x)]);
    expect(toRows(y)).toEqual([...toRows(batches[i]!.y), ...old.map((row) => row.y)]);
    expect(weight).toBeUndefined();
    memory.step(state, batches[i]!);
  });
  expect(got.map(({ x }) => x.rows)).toEqual([2, 4, 5, 5, 5]); // 2 rows were there to draw, then 3
});

test("replay() adds fractions of rows up", () => {
  const { got } = replayed(
    reservoir(9),
    [1, 2, 3, 4, 5, 6, 7].map((x) => batch(x)),
    {
      mix: 0.5,
      loss: meanSquaredError(),
    },
  );
  expect(got.map(({ x }) => x.rows)).toEqual([1, 1, 2, 1, 2, 1, 2]);
});

test("replay() multiplies weights of samples with those that a memory gives, and makes none where none are", () => {
  const weighted = batches.map((one, i): Batch => (i === 1 ? one : { ...one, weight: matrix([[2], [4]]) }));
  const { got, steps } = replayed(newest(2), weighted);
  expect(got.map(({ weight }) => weight && toRows(weight).flat().slice(0, 2))).toEqual([
    [2, 4],
    [1, 1],
    [2, 4],
    [2, 4],
    [2, 4],
  ]);
  expect(got.map(({ weight }) => toRows(weight!).flat().slice(2).sort())).toEqual([
    [],
    [2, 4],
    [1, 1],
    [2, 4],
    [2, 4],
  ]);
  expect(steps.map(({ weight }) => weight && toRows(weight).flat())).toEqual([
    [2, 4],
    undefined,
    [2, 4],
    [2, 4],
    [2, 4],
  ]);

  const memory = prioritized(newest(2), { alpha: 1, beta: 1 });
  const drawn = replayed(memory, weighted.slice(0, 3)).got[1]!;
  expect(toRows(drawn.weight!).flat().slice(0, 2)).toEqual([1, 1]);
  for (const w of toRows(drawn.weight!).flat().slice(2)) expect([2, 4]).toContain(w); // of equal priority, so 1 each
});

test("replay() tells a memory the loss of each row that it drew, before it offers new ones", () => {
  const memory = prioritized(newest(2), { alpha: 1, epsilon: 1e-3 });
  const live = { state: memory.init() };
  replayed(memory, [batches[0]!], { live, loss: meanSquaredError() });
  const told: number[][] = [];
  const watched: typeof memory = {
    ...memory,
    feedback: (state, slots, losses) => {
      told.push(slots.flatMap((slot, k) => [memory.kept(state)[slot]!.x[0]!, losses[k]!]));
    },
  };
  replayed(watched, [batches[1]!], { live, loss: meanSquaredError() });
  expect(told).toHaveLength(1);
  for (let k = 0; k < told[0]!.length; k += 2) {
    const [x, loss] = told[0]!.slice(k, k + 2) as [number, number];
    expect([1, 2]).toContain(x);
    expect(loss).toBe((x + 0.5 - 2 * x) ** 2);
  }
});

test("replay() with logits keeps what was answered, for darkExperience()", () => {
  const { got, steps } = replayed(newest(2), batches.slice(0, 2), { logits: true, loss: meanSquaredError() });
  expect(toRows(got[0]!.y)).toEqual([[2], [4]]);
  expect(toRows(got[1]!.y).slice(0, 2)).toEqual([
    [6, 0, 0],
    [8, 0, 0],
  ]);
  const old = toRows(got[1]!.y).slice(2);
  expect(old.sort(([a], [b]) => a! - b!)).toEqual([
    [2, 1.5, 1],
    [4, 2.5, 1],
  ]);
  expect(steps.map(({ target }) => toRows(target))).toEqual([toRows(batches[0]!.y), toRows(batches[1]!.y)]);
});

test("replay() keeps sparse inputs sparse", () => {
  const given = [1, 2, 3].map(
    (i): Batch => ({
      x: sparse(
        [
          [
            [i, i],
            [50, 0.5],
          ],
          [],
        ],
        60,
      ),
      y: matrix([[i], [-i]]),
    }),
  );
  const { got } = replayed(newest(2), given);
  got.slice(1).forEach(({ x }, i) => {
    const own = toRows(given[i + 1]!.x);
    expect(toRows(x).slice(0, 2)).toEqual(own);
    expect(
      toRows(x)
        .slice(2)
        .map((row) => row[i + 1])
        .sort(),
    ).toEqual([0, i + 1]);
  });
  const net = model(chain(dense(60, 1, { sparse: true })), { seed: 1 });
  const steps: ScoredStep[] = [];
  from(given)
    .pipe(replay(newest(2), train(net, { loss: meanSquaredError(), optimizer: sgd(0.1), predictions: true })))
    .subscribe((step) => steps.push(step));
  expect(steps.map(({ size }) => size)).toEqual([2, 2, 2]);
});

test("replay() keeps to float32 where the batches do", () => {
  const single = batches.map(({ x, y }): Batch => {
    const halve = (m: typeof x) => ({ ...m, data: Float32Array.from(m.data) });
    return { x: halve(x), y: halve(y) };
  });
  const got: Batch[] = [];
  from(single)
    .pipe(
      replay(newest(4), (source) =>
        source.pipe(
          tap((one) => got.push(one)),
          learning(),
        ),
      ),
    )
    .subscribe();
  expect(got.map(({ x }) => x.rows)).toEqual([2, 4, 4, 4, 4]);
  for (const { x, y } of got)
    expect([x.data, y.data]).toEqual([expect.any(Float32Array), expect.any(Float32Array)]);
});

test("replay() takes sparse targets", () => {
  const given = batches.map(({ x }): Batch => ({ x, y: sparse([[[1, 1]], [[0, 2]]], 3) }));
  const { got } = replayed(newest(2), given);
  expect(toRows(got[0]!.y)).toEqual([
    [0, 1, 0],
    [2, 0, 0],
  ]);
  expect(
    toRows(got[1]!.y)
      .map((row) => row.join())
      .sort(),
  ).toEqual(["0,1,0", "0,1,0", "2,0,0", "2,0,0"]);
});

const samples = Array.from({ length: 60 }, (_, i) => {
  const rng = random(i);
  const y = i % 3;
  return { x: [rng.normal() + y, rng.normal() - y], y };
});
const given: Batch[] = [];
from(samples)
  .pipe(minibatch(4))
  .subscribe((one) => given.push(one));
const net = () => model(chain(dense(2, 6, { activation: "tanh" }), dense(6, 3)), { seed: 1 });
const crossentropy = categoricalCrossentropy({ fromLogits: true });
const weightsOf = (m: ReturnType<typeof net>) => m.parameters.map(({ value }) => toRows(value));

describe.each(["reservoir", "dark", "prioritized"] as const)("replay() of a prequential run, %s", (kind) => {
  test(`prequential() scores the new rows alone behind replay(), ${kind}`, () => {
    const loss = kind === "dark" ? darkExperience(crossentropy) : crossentropy;
    const [plain, mixed] = [net(), net()];
    const options = { loss, optimizer: sgd(0), metrics: { accuracy: accuracy() } };
    const memory = kind === "prioritized" ? prioritized(reservoir(10)) : reservoir(10);
    const expected: ScoredStep[] = [];
    const seen: ScoredStep[] = [];
    from(given)
      .pipe(prequential(plain, options))
      .subscribe((step) => expected.push(step));
    from(given)
      .pipe(
        replay(memory as PrioritizedMemory, prequential(mixed, options), { loss, logits: kind === "dark" }),
      )
      .subscribe((step) => seen.push(step));
    const scores = (steps: readonly ScoredStep[]) =>
      steps.map(({ id, loss: _, run: __, prediction, ...rest }) => ({
        id,
        ...rest,
        prediction: toRows(prediction),
      }));
    expect(seen).toHaveLength(15);
    expect(scores(seen)).toEqual(scores(expected));
  });
});

test("replay() leaves classWeight the labels, also where it remembers logits", () => {
  const run = (rare: number) => {
    const m = net();
    const own = { loss: darkExperience(crossentropy, { alpha: 0, beta: 1 }), classWeight: [1, 1, rare] };
    from(given)
      .pipe(replay(reservoir(10), prequential(m, { ...own, optimizer: sgd(0.1) }), { logits: true }))
      .subscribe();
    return weightsOf(m);
  };
  const weighted = net();
  from(given)
    .pipe(
      replay(
        reservoir(10),
        prequential(weighted, { loss: crossentropy, classWeight: [1, 1, 5], optimizer: sgd(0.1) }),
      ),
    )
    .subscribe();
  const all = (rows: ReturnType<typeof weightsOf>) => rows.flat(2);
  const expected = all(weightsOf(weighted));
  all(run(5)).forEach((w, i) => {
    expect(w).toBeCloseTo(expected[i]!, 5);
  });
  expect(all(run(1)).some((w, i) => Math.abs(w - expected[i]!) > 0.01)).toBe(true);
});

test.each(["reservoir", "prioritized"] as const)(
  "replay() teaches a pool, which scores the new rows alone, %s",
  (kind) => {
    const memory = kind === "prioritized" ? prioritized(reservoir(10)) : reservoir(10);
    const run = (options: PoolStreamOptions<{ accuracy: ReturnType<typeof accuracy> }>, mixed: boolean) => {
      const sizes: number[] = [];
      const learn = pool(
        [
          { name: "slow", model: net(), optimizer: sgd(0) },
          { name: "still", model: net(), optimizer: sgd(0) },
        ],
        options,
      );
      const watched: typeof learn = (source) => learn(source.pipe(tap(({ x }) => void sizes.push(x.rows))));
      const steps: { size: number; loss: number; accuracy: number; rows: number }[] = [];
      from(given)
        .pipe(mixed ? replay(memory as PrioritizedMemory, watched, { loss: crossentropy }) : watched)
        .subscribe(({ size, loss, metrics, prediction, target }) =>
          steps.push({ size, loss, accuracy: metrics.accuracy, rows: prediction.rows + target.rows }),
        );
      return { sizes, steps };
    };
    const options = { loss: crossentropy, metrics: { accuracy: accuracy() } };
    const [plain, mixed] = [run(options, false), run(options, true)];
    expect(mixed.sizes.slice(1)).toEqual(plain.sizes.slice(1).map((rows) => 2 * rows));
    expect(mixed.steps).toEqual(plain.steps);
  },
);

test.each(["reservoir", "prioritized", "dark"] as const)(
  "replay() goes with a hedged loss: rows that came are told again after others were learned, %s",
  (kind) => {
    const told = (mix: number) => {
      const plan = hedge(2, 4, { hidden: [8, 8] });
      const m = model(plan, { seed: 1 });
      const loss = hedged(kind === "dark" ? darkExperience(crossentropy) : crossentropy, plan);
      const memory = kind === "prioritized" ? prioritized(reservoir(100)) : reservoir(100);
      const { normal } = random(1);
      const cloud = (y: number) => {
        const side = y < 2 ? 2 : -2;
        return { x: [0, 1].map((j) => 0.7 * normal() + (j === y % 2 ? side : 0)), y };
      };
      const first = Array.from({ length: 1000 }, (_, i) => cloud(i % 2));
      const second = Array.from({ length: 1000 }, (_, i) => cloud(2 + (i % 2)));
      const learn = prequential(m, { loss, optimizer: adam(0.02) });
      from([...first, ...second])
        .pipe(
          minibatch(5),
          replay(memory as PrioritizedMemory, learn, { loss, mix, logits: kind === "dark" }),
        )
        .subscribe();
      const answers = toRows(m.predict(matrix(first.map(({ x }) => x))));
      return answers.filter((z, i) => z.indexOf(Math.max(...z)) === first[i]!.y).length / first.length;
    };
    expect(told(0)).toBeLessThan(0.5);
    expect(told(1)).toBeGreaterThan(0.7);
  },
);

test("replay() remembers no batch that was refused, and goes on", () => {
  const m = net();
  const refused: Rejection[] = [];
  m.rejected$.subscribe((one) => refused.push(one));
  const bad: Batch[] = [
    { x: matrix([[Number.NaN, 1]]), y: matrix([[0]]) },
    { x: matrix([[1, 1]]), y: matrix([[7]]) },
    { x: matrix([[1, 1, 1]]), y: matrix([[0]]) },
    { x: matrix([[1, 1]]), y: matrix([[0], [1]]) },
    { x: matrix([[1, 1]]), y: matrix([[0]]), weight: matrix([[1, 2]]) },
    null as unknown as Batch,
  ];
  const memory = reservoir(200);
  const live = { state: memory.init() };
  const steps: ScoredStep[] = [];
  from([...bad, ...given.slice(0, 3), ...bad, ...given.slice(3)])
    .pipe(
      replay(memory, prequential(m, { loss: crossentropy, optimizer: adam(0.01), onInvalid: "skip" }), {
        live,
      }),
    )
    .subscribe((step) => steps.push(step));
  expect(refused).toHaveLength(2 * bad.length);
  expect(steps).toHaveLength(given.length);
  expect(memory.read(live.state).map(({ x }) => x)).toEqual(samples.map(({ x }) => x));
});

test("replay() goes on from a saved state as if it had not stopped, bit by bit", () => {
  const memory = prioritized(reservoir(10, { seed: 2 }), { seed: 3 });
  const run = (
    m: ReturnType<typeof net>,
    some: readonly Batch[],
    live: { state: ReturnType<typeof memory.init> },
  ) => {
    const learn = prequential(m, { loss: crossentropy, optimizer: sgd(0.1) });
    from(some)
      .pipe(replay(memory, learn, { mix: 0.7, live, loss: crossentropy }))
      .subscribe();
  };
  const [whole, parts] = [net(), net()];
  run(whole, given, { state: memory.init() });
  const live = { state: memory.init() };
  run(parts, given.slice(0, 7), live);
  run(parts, given.slice(7), JSON.parse(JSON.stringify(live)));
  expect(weightsOf(parts)).toEqual(weightsOf(whole));
});

test("replay() keeps batches apart that are pushed while a step is handled", () => {
  const run = (reentrant: boolean) => {
    const m = net();
    const source$ = new Subject<Batch>();
    const ids: number[] = [];
    source$
      .pipe(
        replay(reservoir(8), train(m, { loss: crossentropy, optimizer: sgd(0.1), predictions: true }), {
          mix: 1,
        }),
      )
      .subscribe(({ id }) => {
        ids.push(id);
        if (reentrant && id % 5 === 0) for (const one of given.slice(id + 1, id + 5)) source$.next(one);
      });
    given.forEach((one, i) => {
      if (!reentrant || i % 5 === 0) source$.next(one);
    });
    return ids;
  };
  expect(run(true)).toEqual(run(false));
});

test("replay() mixes in matrices that it has when the batch before was learned, and in new ones when it was not", () => {
  const got: Batch[] = [];
  const learn: OperatorFunction<Batch, ScoredStep> = (source) =>
    source.pipe(
      tap((one) => got.push(one)),
      filter((_, i) => i !== 2),
      learning(),
    );
  from(batches)
    .pipe(replay(newest(2), learn))
    .subscribe();
  expect(got[2]!.x.data).toBe(got[1]!.x.data);
  expect(got[2]!.y).not.toBe(got[1]!.y);
  expect(got[3]!.x.data).not.toBe(got[2]!.x.data);
  expect(got[4]!.x.data).toBe(got[3]!.x.data);
});

test("replay() shares one run among those who subscribe to it", () => {
  const source$ = new Subject<Batch>();
  const got: Batch[] = [];
  const steps$ = source$.pipe(replay(newest(2), learning(got)));
  steps$.subscribe();
  steps$.subscribe();
  for (const one of batches) source$.next(one);
  expect(got).toHaveLength(batches.length);
});

test("replay() fails when steps do not say which batch they are of", () => {
  const strange: OperatorFunction<Batch, ScoredStep> = (source) =>
    source.pipe(
      learning(),
      map((step) => ({ ...step, target: matrix(toRows(step.target)) })),
    );
  let failure: unknown;
  from(batches)
    .pipe(replay(newest(2), strange))
    .subscribe({
      error: (error) => {
        failure = error;
      },
    });
  expect(String(failure)).toMatch(
    /^Error: replay\(\) expects steps with the target of their batch, as train/,
  );
});

test("replay() refuses what is no memory, no operator, and options out of range", () => {
  const learn = learning();
  expect(() => replay(500 as never, learn)).toThrow(
    "replay() expects a memory, such as reservoir(500), got 500",
  );
  expect(() => replay(newest(1), undefined as never)).toThrow("an operator that learns, such as train()");
  expect(() => replay(newest(1), learn, { mix: -1 })).toThrow("a number of at least 0 as mix, got -1");
  expect(() => replay(newest(1), learn, { mixed: 1 } as object)).toThrow(
    "options named mix, logits, loss, live",
  );
  expect(() => replay(prioritized(newest(1)), learn, {} as { loss: Loss })).toThrow(
    "replay() expects a loss to tell prioritized(newest(1)), got undefined",
  );
});
