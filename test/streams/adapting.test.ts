import {
  accuracy,
  adam,
  adapting,
  alertOnly,
  type Batch,
  batchNorm,
  binaryCrossentropy,
  chain,
  cusum,
  type DriftPolicy,
  type DriftReading,
  dense,
  type Fold,
  guard,
  type Kernels,
  load,
  type Matrix,
  type Model,
  matrix,
  model,
  raiseRate,
  reference,
  replay,
  reservoir,
  resetOptimizer,
  restart,
  save,
  sgd,
  swapBackground,
  trainer,
} from "rxgrad";
import { from, lastValueFrom, map, Subject, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { bytesOf } from "../support/modelState.ts";

const loss = binaryCrossentropy();
const plan = chain(dense(2, 8, { activation: "tanh" }), dense(8, 1, { activation: "sigmoid" }));
const fresh = (seed = 1, precision: "float32" | "float64" = "float32"): Model =>
  model(plan, { seed, precision });
const batchOf = (i: number): Batch => ({
  x: matrix([[Math.sin(i), Math.cos(2 * i)]]),
  y: matrix([[Number(Math.sin(i) > 0)]]),
});
const batches = Array.from({ length: 40 }, (_, i) => batchOf(i));

/** A detector that says what it is told to, step by step; what it watches does not matter. */
const scripted = (script: string): Fold<number, DriftReading, { i: number }> => ({
  init: () => ({ i: -1 }),
  step: ({ i }) => ({ i: i + 1 }),
  read: ({ i }) => ({ drift: script[i] === "d", warning: script[i] === "w", count: i, estimate: 0 }),
});
const bytes = (m: Model): string => bytesOf(m.weights.values.data) + bytesOf(m.weights.buffers.data);

/** Steps one by one, each with what `look` says after it. */
const run = <T>(
  m: Model,
  policy: DriftPolicy,
  script: string,
  look: (i: number) => T,
  optimizer = adam(0.05),
) => {
  const seen: T[] = [];
  const batches$ = new Subject<Batch>();
  const adapted: string[] = [];
  const running = batches$
    .pipe(adapting(m, { loss, optimizer, detector: scripted(script), policy }))
    .subscribe((step) => adapted.push(step.adapted));
  [...script].forEach((_, i) => {
    batches$.next(batches[i]!);
    seen.push(look(i));
  });
  running.unsubscribe();
  return { seen, adapted };
};
/** What the same model comes to without a policy. */
const plain = (m: Model, from: number, to: number, optimizer = adam(0.05)): string => {
  const engine = trainer(m, { loss, optimizer });
  for (const batch of batches.slice(from, to)) engine.learn(batch);
  engine.close();
  return bytes(m);
};

operatorLaws("adapting", {
  operator: () => adapting(fresh(), { loss, optimizer: sgd(0.1), policy: alertOnly() }),
  items: batches.slice(0, 4),
  expected: (items) => items.map(() => expect.objectContaining({ drift: "none", adapted: "none" })),
});

describe.each(["float64", "float32"] as const)("in %s", (precision) => {
  it("alertOnly() leaves the model to prequential(), bit by bit", () => {
    const m = fresh(1, precision);
    const { adapted } = run(m, alertOnly(), "..w.d...", () => {});
    expect(adapted).toEqual(Array(8).fill("none"));
    expect(bytes(m)).toBe(plain(fresh(1, precision), 0, 8));
  });

  it("resetOptimizer() goes on as a new optimizer would on the same weights", () => {
    const m = fresh(1, precision);
    const { adapted } = run(m, resetOptimizer(), "....d...", () => {});
    expect(adapted[4]).toBe("optimizer reset");
    const other = fresh(1, precision);
    plain(other, 0, 5);
    expect(bytes(m)).toBe(plain(other, 5, 8));
  });

  it("restart() gives the model its first weights and statistics, and a new optimizer", () => {
    const normed = chain(dense(2, 3), batchNorm(3), dense(3, 1, { activation: "sigmoid" }));
    const m = model(normed, { seed: 7, precision });
    const first = bytes(m);
    const pairs = [0, 2, 4, 6, 8].map((i) => ({
      x: matrix([Array.from(batches[i]!.x.data), Array.from(batches[i + 1]!.x.data)]),
      y: matrix([[0], [1]]),
    }));
    const seen: string[] = [];
    from(pairs)
      .pipe(adapting(m, { loss, optimizer: adam(0.05), detector: scripted("..d.."), policy: restart() }))
      .subscribe(({ adapted }) => seen.push(adapted === "restarted" ? bytes(m) : ""));
    expect(seen).toEqual(["", "", first, "", ""]);
    const other = model(normed, { seed: 7, precision });
    const engine = trainer(other, { loss, optimizer: adam(0.05) });
    for (const pair of pairs.slice(3)) engine.learn(pair);
    expect(bytes(m)).toBe(bytes(other));
  });

  it("raiseRate() multiplies the steps, which fall back to what they were", () => {
    // with a constant gradient of 1, sgd(1) goes down by 1 a step
    const line = model(chain(dense(1, 1, { bias: false })), { precision: "float64" });
    const pull = () => ({ value: 0, grad: matrix([[1]]) });
    const w = (): number => line.parameters[0]!.value.data[0]!;
    const steps: number[] = [];
    let last = w();
    from(Array.from({ length: 9 }, () => ({ x: matrix([[1]]), y: matrix([[0]]) })))
      .pipe(
        adapting(line, {
          loss: pull as never,
          optimizer: sgd(1),
          detector: scripted("..d......"),
          policy: raiseRate({ factor: 5, steps: 4 }),
        }),
      )
      .subscribe(() => {
        steps.push(Math.round((last - w()) * 1e9) / 1e9);
        last = w();
      });
    expect(steps).toEqual([1, 1, 1, 5, 4, 3, 2, 1, 1]);
  });

  it("raiseRate() leaves the model to prequential() before a drift, bit by bit", () => {
    const m = fresh(1, precision);
    run(m, raiseRate(), "........", () => {});
    expect(bytes(m)).toBe(plain(fresh(1, precision), 0, 8));
  });

  it("swapBackground() swaps in the model that learned since the warning, and goes on with its optimizer", () => {
    const m = fresh(1, precision);
    const { adapted, seen } = run(m, swapBackground({ seed: 9 }), "..www" + "d...", () => bytes(m));
    expect(adapted).toEqual([
      ...["none", "none", "background started", "none", "none"],
      ...["background swapped in", "none", "none", "none"],
    ]);
    expect(seen[4]).toBe(plain(fresh(1, precision), 0, 5));
    expect(seen[5]).toBe(plain(fresh(9, precision), 2, 6));
    expect(seen[8]).toBe(plain(fresh(9, precision), 2, 9));
    expect(m.weights.rules.size).toBe(0);
  });

  it("swapBackground() drops a background when the warning passes, and begins the next with another seed", () => {
    const m = fresh(1, precision);
    const { adapted, seen } = run(m, swapBackground({ seed: 9 }), ".w.wd.d", () => bytes(m));
    expect(adapted).toEqual([
      ...["none", "background started", "background dropped", "background started"],
      ...["background swapped in", "none", "new weights swapped in"],
    ]);
    expect(seen[4]).toBe(plain(fresh(10, precision), 3, 5));
    expect(seen[6]).toBe(plain(fresh(11, precision), 6, 7));
  });
});

it("adapting() acts before the next batch, also one that a subscriber pushes meanwhile", () => {
  const m = fresh();
  const first = bytes(m);
  const batches$ = new Subject<Batch>();
  const after: string[] = [];
  batches$
    .pipe(adapting(m, { loss, optimizer: adam(0.05), detector: scripted(".d.."), policy: restart() }))
    .subscribe(({ id }) => {
      if (id === 0) batches$.next(batches[1]!);
      after.push(bytes(m));
    });
  batches$.next(batches[0]!);
  expect(after[1]).toBe(first);
});

it("adapting() says what the detector says, of what the monitor tells", async () => {
  const watched: number[] = [];
  const steps = await lastValueFrom(
    from(batches.slice(0, 4)).pipe(
      adapting(fresh(), {
        loss,
        optimizer: sgd(0.1),
        detector: scripted(".wd."),
        policy: alertOnly(),
        metrics: { accuracy: accuracy() },
        monitor: ({ metrics, id }) => watched.push(metrics.accuracy) && id,
      }),
      toArray(),
    ),
  );
  expect(steps.map(({ drift }) => drift)).toEqual(["none", "warning", "drift", "none"]);
  expect(watched).toEqual(steps.map(({ metrics }) => metrics.accuracy));
  expect(steps.map(({ target }) => target)).toEqual(batches.slice(0, 4).map(({ y }) => y));
});

it("adapting() takes a policy of one's own, and begins it anew with each run", () => {
  const log: string[] = [];
  const policy: DriftPolicy = {
    source: "logged()",
    start: (training) => {
      let steps = 0;
      return {
        react: ({ drift }, { x }: { readonly x: Matrix }) => {
          log.push(`${steps++} ${x.rows} ${training.keeper.rule.source} ${drift}`);
          return drift ? "told" : "none";
        },
        close: () => void log.push("closed"),
      };
    },
  };
  const steps$ = from(batches.slice(0, 2)).pipe(
    adapting(fresh(), { loss, optimizer: sgd(0.1), detector: scripted(".d"), policy }),
  );
  const words: string[] = [];
  steps$.subscribe(({ adapted }) => words.push(adapted));
  steps$.pipe(take(1)).subscribe();
  expect(words).toEqual(["none", "told"]);
  expect(log).toEqual(["0 1 sgd(0.1) false", "1 1 sgd(0.1) true", "closed", "0 1 sgd(0.1) false", "closed"]);
});

it("adapting() trains once for all who subscribe", () => {
  const batches$ = new Subject<Batch>();
  const m = fresh();
  const steps$ = batches$.pipe(adapting(m, { loss, optimizer: sgd(0.1), policy: resetOptimizer() }));
  const [a, b] = [steps$.subscribe(), steps$.subscribe()];
  expect(m.weights.rules.size).toBe(1);
  batches$.next(batches[0]!);
  expect(bytes(m)).toBe(plain(fresh(), 0, 1, sgd(0.1)));
  a.unsubscribe();
  expect(m.weights.rules.size).toBe(1);
  b.unsubscribe();
  expect(m.weights.rules.size).toBe(0);
  expect(batches$.observed).toBe(false);
});

it("adapting() learns inside of replay(), rows of the past too", async () => {
  const m = fresh();
  const last = await lastValueFrom(
    from(batches).pipe(replay(reservoir(10), adapting(m, { loss, optimizer: sgd(0.1), policy: restart() }))),
  );
  expect(last).toMatchObject({ size: 1, drift: "none", adapted: "none" });
});

it("adapting() skips bad batches as prequential() does, and shows the detector none of them", () => {
  const m = fresh();
  const bad = [
    { x: matrix([[Number.NaN, 0]]), y: matrix([[0]]) },
    null as never,
    { x: matrix([[1]]), y: matrix([[0]]) },
  ];
  const rejected: unknown[] = [];
  m.rejected$.subscribe(({ batch }) => rejected.push(batch));
  const ids: number[] = [];
  from([batches[0]!, ...bad, batches[1]!])
    .pipe(
      adapting(m, {
        loss,
        optimizer: sgd(0.1),
        policy: alertOnly(),
        detector: scripted(".d"),
        onInvalid: "skip",
      }),
    )
    .subscribe(({ drift }) => ids.push(Number(drift === "drift")));
  expect(rejected).toHaveLength(3);
  expect(ids).toEqual([0, 1]);
});

it("adapting() blames a detector that refuses what the monitor tells, and not the batch", () => {
  let message = "";
  from(batches)
    .pipe(
      adapting(fresh(), {
        loss,
        optimizer: sgd(0.1),
        policy: alertOnly(),
        monitor: () => Number.NaN,
        onInvalid: "skip",
      }),
    )
    .subscribe({ error: (error) => (message = error.message) });
  expect(message).toMatch(/^adapting\(\) in detector: adwin\(\) expects/);
});

it.each([
  [{ policy: undefined }, /adapting\(\) expects a policy, such as resetOptimizer\(\), got undefined/],
  [{ policy: resetOptimizer }, /got the function resetOptimizer, which is to be called/],
  [{ detector: 3 }, /a detector, such as adwin\(\), got 3/],
  [{ monitor: "loss" }, /a function as monitor, got "loss"/],
  [{ optimizer: undefined }, /adapting\(\) expects a rule/],
  [{ polcy: alertOnly() }, /got polcy/],
])("adapting() refuses %s", (options, message) => {
  expect(() =>
    adapting(fresh(), { loss, optimizer: sgd(0.1), policy: alertOnly(), ...(options as object) } as never),
  ).toThrow(message);
});

it("policies refuse options out of range, and print as their source", () => {
  expect(() => raiseRate({ factor: 0.5 })).toThrow(/a number of at least 1 as factor, got 0.5/);
  expect(() => raiseRate({ steps: 0 })).toThrow(/steps, got 0/);
  expect(() => raiseRate({ rate: 1 } as never)).toThrow(/options named factor, steps, got rate/);
  expect(() => swapBackground({ seed: -1 })).toThrow(/seed, got -1/);
  expect(
    [raiseRate({ factor: 2 }), swapBackground(), alertOnly(), restart(), resetOptimizer()].map(
      ({ source }) => source,
    ),
  ).toEqual(["raiseRate({ factor: 2 })", "swapBackground()", "alertOnly()", "restart()", "resetOptimizer()"]);
});

it("swapBackground() gives back the memory of every model that it drops or swaps in", () => {
  const plain = reference("float64");
  const alive = new Set<Matrix>();
  const kernels: Kernels = {
    ...plain,
    zeros: (rows, cols) => {
      const m = plain.zeros(rows, cols);
      alive.add(m);
      return m;
    },
    free: (m) => {
      expect(alive.delete(m)).toBe(true);
      plain.free(m);
    },
  };
  const after = (script: string): number => {
    alive.clear();
    const m = model(plan, { seed: 1, kernels });
    run(m, swapBackground(), script, () => {});
    return alive.size;
  };
  expect(after("w.w.wd.wwd.ww")).toBe(after("............."));
});

it("adapting() goes on with the saved state of its detector", async () => {
  const steps = (m: Model, from_: number, to: number) =>
    lastValueFrom(
      from(batches.slice(from_, to)).pipe(
        adapting(m, {
          loss,
          optimizer: adam(0.05),
          detector: cusum({ warmup: 10, threshold: 3 }),
          monitor: () => (++count > 20 ? 5 : Math.sin(count)),
          policy: resetOptimizer(),
        }),
        map(({ drift, loss }) => {
          bytesOfModel = save(m);
          return [drift, loss];
        }),
        toArray(),
      ),
    );
  let bytesOfModel = new Uint8Array();
  let count = 0;
  const whole = await steps(fresh(), 0, 40);
  expect(whole.map(([drift]) => drift)).toContain("drift");
  count = 0;
  await steps(fresh(), 0, 15); // and count goes on from here
  const other = fresh(2);
  load(other, bytesOfModel);
  expect(await steps(other, 15, 40)).toEqual(whole.slice(15));
});

it("swapBackground() works under a guard, which may lower the rate", () => {
  const m = fresh();
  const words: string[] = [];
  from(batches.slice(0, 8))
    .pipe(
      adapting(m, {
        loss,
        optimizer: adam(0.05),
        detector: scripted("..ww" + "d..."),
        policy: swapBackground({ seed: 9 }),
        guard: guard({ policy: "lowerRate" }),
      }),
    )
    .subscribe(({ adapted }) => words.push(adapted));
  expect(words[4]).toBe("background swapped in");
  expect(bytes(m)).toBe(plain(fresh(9), 2, 8));
});
