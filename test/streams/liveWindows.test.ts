import {
  type AheadState,
  adam,
  balanceClasses,
  type ClassCounts,
  calibrated,
  chain,
  conformalInterval,
  conformalSet,
  delayed,
  dense,
  forecast,
  guard,
  horizon,
  type KeyedState,
  keyed,
  type LagState,
  type Live,
  lag,
  load,
  type Model,
  matrix,
  mean,
  meanSquaredError,
  model,
  over,
  oversample,
  perKey,
  platt,
  type ResamplingState,
  random,
  resample,
  rolling,
  type Sample,
  save,
  temperature,
  undersample,
  type WindowedState,
  windowed,
  withFolds,
  withIntervals,
  withLags,
  withSets,
} from "rxgrad";
import { from, map, type Observable, type OperatorFunction, Subject, take, toArray } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { expect, it } from "vitest";
import type { EventQueueState } from "../../src/streams/eventQueue.ts";

const none = model(chain(dense(1, 1)));

/** What a live state is after it was saved and loaded. */
const reloaded = <State>(live: Live<State>): Live<State> => {
  const other: Live<State> = { state: undefined };
  load(none, save(none, { parts: { live } }), { parts: { live: other } });
  return other;
};

/**
 * Whatever comes out of an operator that stops at any of its items, and goes on from the state that was saved on that item, is what
 * comes out of one that was never stopped. Answers how many stops there were.
 */
const goesOn = <Item, Out, State>(
  items: readonly Item[],
  operator: (live: Live<State>) => OperatorFunction<Item, Out>,
  completes = false,
): number => {
  const run = (from: number, live: Live<State>, stop: number) => {
    const source = new Subject<Item>();
    const seen: Out[] = [];
    let saved = live;
    let taken = from;
    source.pipe(operator(live), take(stop)).subscribe((out) => {
      seen.push(structuredClone(out));
      if (seen.length === stop) saved = reloaded(live);
    });
    while (taken < items.length && seen.length < stop) source.next(items[taken++]!);
    if (completes && seen.length < stop) source.complete();
    return { seen, saved, taken };
  };
  const whole = run(0, { state: undefined }, items.length * 9).seen;
  for (let stop = 1; stop < whole.length; stop++) {
    const live: Live<State> = { state: undefined };
    const before = run(0, live, stop);
    for (const state of [before.saved, live]) {
      const after = run(before.taken, state, items.length * 9);
      expect([...before.seen, ...after.seen]).toEqual(whole);
    }
  }
  return whole.length - 1;
};

interface Reading {
  readonly key: string;
  readonly at: number;
  readonly value: number;
}

const rng = random(8);
const readings = Array.from({ length: 60 }, (_, i): Reading => {
  const at = i - (i % 3) + (i > 40 ? 30 : 0);
  return { key: `k${rng.below(5)}`, at, value: Math.round(100 * rng.normal()) / 100 };
});
const value = ({ value }: Reading) => value;
const row = ({ value, at }: Reading) => [value, at];

it.each([
  ["", {}],
  [", with what stands for missing ones", { missing: Number.NaN }],
])("withLags() goes on from earlier values that were saved%s", (_, more) => {
  const stops = goesOn(readings, (live: Live<LagState<number>>) =>
    withLags({ one: 1, seven: 7 }, { of: value, ...more, live }),
  );
  expect(stops).toBe("missing" in more ? 59 : 52);
});

it.each(["wait", "pad"] as const)("windowed() goes on from a window that was saved: %s", (warmUp) => {
  const stops = goesOn(readings, (live: Live<WindowedState>) => windowed(6, { of: row, warmUp, live }));
  expect(stops).toBe(warmUp === "wait" ? 54 : 59);
});

it("windowed() goes on filling the first window that it waits for", () => {
  const live: Live<WindowedState> = { state: undefined };
  const seen: number[][] = [];
  const through = (part: readonly Reading[], live: Live<WindowedState>) =>
    from(part)
      .pipe(windowed(4, { of: ({ value }) => [value], live }))
      .subscribe(({ x }) => seen.push([...x]));
  through(readings.slice(0, 3), live);
  expect(seen).toEqual([]);
  through(readings.slice(3, 4), reloaded(live));
  expect(seen).toEqual([readings.slice(0, 4).map(value)]);
});

it("horizon() goes on with the items that waited for what comes after them", () => {
  expect(goesOn(readings, (live: Live<AheadState<Reading>>) => horizon(5, { of: row, live }))).toBe(54);
});

it.each([{ maxKeys: 3 }, { idle: 4 }, { maxKeys: 4, idle: 6, moment: ({ at }: Reading) => at }])(
  "perKey() goes on for each key from a state that was saved: %o",
  (options) => {
    const folds = () => ({
      own: perKey(({ key }: Reading) => key, rolling(3, over(value, mean())), options),
      last: perKey(({ key }: Reading) => key, lag<Reading, number>(2, { of: value }), options),
    });
    expect(goesOn(readings, (live: Live<Record<string, unknown>>) => withFolds(folds(), { live }))).toBe(59);
  },
);

interface PartsOfKey {
  readonly lags: Live<LagState<number>>;
  readonly folds: Live<Record<string, unknown>>;
}

/** Two operators with a state, and at the end of a key its items: those that waited for it. */
const ofKey = (reading$: Observable<Reading>, key: string, live: Live<PartsOfKey>) => {
  live.state ??= { lags: { state: undefined }, folds: { state: undefined } };
  const { lags, folds } = live.state;
  return reading$.pipe(
    withLags({ before: 2 }, { of: value, missing: 0, live: lags }),
    withFolds({ mean: over(value, mean()) }, { live: folds }),
    map(({ before, mean }) => [key, before, mean]),
  );
};

it.each([{}, { maxKeys: 3 }, { idle: 4 }, { maxKeys: 4, idle: 6, moment: ({ at }: Reading) => at }])(
  "keyed() goes on for each key from its own live state: %o",
  (options) => {
    const stops = goesOn(readings, (live: Live<KeyedState<Reading, string>>) =>
      keyed(({ key }: Reading) => key, ofKey, { ...options, live }),
    );
    expect(stops).toBe(59);
  },
);

it.each([{ maxKeys: 2 }, { idle: 4 }, { maxKeys: 3, idle: 6, moment: ({ at }: Reading) => at }, {}])(
  "keyed() keeps the key that goes until all that it still owes has come: %o",
  (options) => {
    const late = (reading$: Observable<Reading>, _: string, live: Live<EventQueueState<Reading, Reading>>) =>
      reading$.pipe(delayed(({ at }) => at + 9, { moment: ({ at }) => at, live }));
    const stops = goesOn(
      readings,
      (live: Live<KeyedState<Reading, string>>) =>
        keyed(({ key }: Reading) => key, late, { ...options, live }),
      true,
    );
    expect(stops).toBe(59);
  },
);

it("keyed() keeps the item that lets keys go, while what comes of these comes out", () => {
  const lasting = (reading$: Observable<Reading>, key: string, live: Live<WindowedState>) =>
    reading$.pipe(
      windowed(3, { of: ({ value }) => [value], warmUp: "pad", live }),
      toArray(),
      map((all) => `${key}: ${all.length}`),
    );
  for (const options of [{ maxKeys: 1 }, { idle: 1 }]) {
    const live: Live<KeyedState<Reading, string>> = { state: undefined };
    const source = new Subject<Reading>();
    const saved: Live<KeyedState<Reading, string>>[] = [];
    source
      .pipe(keyed(({ key }) => key, lasting, { ...options, live }))
      .subscribe(() => saved.push(reloaded(live)));
    for (const key of ["a", "a", "b"]) source.next({ key, at: 0, value: 1 });
    if (saved.length === 0) source.next({ key: "b", at: 0, value: 1 }); // idle for one item of others
    expect(saved[0]!.state?.arriving).toHaveLength(1);
    expect(live.state?.arriving).toHaveLength(0);
    const seen: string[] = [];
    from([] as Reading[])
      .pipe(keyed(({ key }) => key, lasting, { ...options, live: saved[0]! }))
      .subscribe((text) => seen.push(text));
    expect(seen.at(-1)).toBe("b: 1");
  }
});

it("keyed() lets keys of a saved state go when a scheduler says that their time has come", () => {
  const time = new TestScheduler((a, b) => expect(a).toEqual(b));
  time.run(({ hot, expectObservable }) => {
    const live: Live<KeyedState<string, string>> = { state: undefined };
    const gone: string[] = [];
    from(["a"])
      .pipe(
        keyed(
          (k) => k,
          (k$) => k$,
          { idle: 5, scheduler: time, live },
        ),
        take(1),
      )
      .subscribe();
    const counted = (k$: Observable<string>) => k$.pipe(toArray());
    expectObservable(
      hot("----------|").pipe(
        keyed((k) => k, counted, {
          idle: 5,
          scheduler: time,
          live: reloaded(live),
          onEvict: (k) => gone.push(k),
        }),
        map((all) => `${all.length} ${gone.length}`),
      ),
    ).toBe("-----a----|", { a: "0 0" });
  });
});

const classed = Array.from({ length: 30 }, (_, i) => ({
  i,
  x: [rng.normal()],
  y: Number(rng.uniform() < 0.2),
}));
const shares = { target: [1, 1], seed: 4, forgetting: { halfLife: 10 } } as const;

it.each([
  ["undersample()", (live: Live<ResamplingState>) => undersample({ ...shares, live })],
  ["oversample()", (live: Live<ResamplingState>) => oversample({ ...shares, live })],
  ["resample()", (live: Live<ResamplingState>) => resample({ ...shares, rate: 3, live })],
])(
  "%s goes on with its counts and random numbers, in the middle of a sample's times, too",
  (name, operator) => {
    expect(goesOn(classed, operator)).toBeGreaterThan(name === "undersample()" ? 5 : 30);
  },
);

it("balanceClasses() goes on with its counts", () => {
  const batches = classed.map(({ x, y }) => ({ x: matrix([x]), y: matrix([[y]]) }));
  const stops = goesOn(batches, (live: Live<ClassCounts>) =>
    balanceClasses({ forgetting: { halfLife: 10 }, live }),
  );
  expect(stops).toBe(29);
});

const sure = (p: number) => 1 / (1 + Math.exp(-3 * p));
const scored = Array.from({ length: 40 }, (_, i) => {
  const [a, b] = [rng.normal(), rng.normal()];
  return {
    i,
    prediction: matrix([[sure(a)], [sure(b)]]),
    target: matrix([[Number(a > 0.3)], [Number(b > -0.3)]]),
  };
});
const plain = map((step: object) => JSON.parse(JSON.stringify(step)) as unknown);

it.each([
  [
    "withIntervals()",
    (live: Live<unknown>) => (step$: Observable<(typeof scored)[number]>) =>
      step$.pipe(withIntervals(conformalInterval({ window: 8, coverage: 0.5 }), { live }), plain),
  ],
  [
    "withSets()",
    (live: Live<unknown>) => (step$: Observable<(typeof scored)[number]>) =>
      step$.pipe(withSets(conformalSet({ window: 8, coverage: 0.5 }), { live }), plain),
  ],
  [
    "calibrated() by a temperature",
    (live: Live<unknown>) => (step$: Observable<(typeof scored)[number]>) =>
      step$.pipe(calibrated(temperature({ lr: 0.1 }), { live }), plain),
  ],
  [
    "calibrated() by platt()",
    (live: Live<unknown>) => (step$: Observable<(typeof scored)[number]>) =>
      step$.pipe(calibrated(platt({ lr: 0.1 }), { live }), plain),
  ],
])("%s goes on bit by bit from what was learned and saved", (_, operator) => {
  expect(goesOn(scored, operator)).toBe(39);
});

const series = Array.from({ length: 40 }, (_, t): Sample => {
  const y = (k: number) => Math.sin(k / 3) + (k % 5) / 10;
  return { x: [y(t - 2), y(t - 1), y(t)], y: t === 20 ? 1e6 : y(t) };
});

it.each([
  ["direct", 3],
  ["recursive", 1],
] as const)(
  "forecast() goes on bit by bit with the model that it was saved with: %s",
  (strategy, outputs) => {
    const make = () => model(chain(dense(3, outputs)), { seed: 1, numerics: "reproducible" });
    const run = (net: Model, part: readonly Sample[], count: number) => {
      const lines: unknown[] = [];
      let bytes = new Uint8Array();
      from(part)
        .pipe(
          forecast(net, {
            ...{ horizon: 3, strategy, loss: meanSquaredError(), optimizer: adam(0.01) },
            guard: guard({ warmup: 3, policy: "skip" }),
          }),
          take(count),
        )
        .subscribe(({ id, y, forecast, loss }) => {
          lines.push([id, y, [...forecast], loss]);
          if (lines.length >= count || id === series.length - 1) bytes = save(net);
        });
      return { lines, bytes };
    };
    const whole = run(make(), series, series.length + 1);
    expect(whole.lines.filter((line) => (line as unknown[])[3] === undefined).length).toBeGreaterThan(
      outputs,
    ); // the guard has refused some
    for (let stop = 1; stop < series.length; stop++) {
      const before = run(make(), series, stop);
      const net = make();
      load(net, before.bytes);
      const after = run(net, series.slice(stop), series.length);
      expect([...before.lines, ...after.lines]).toEqual(whole.lines);
      expect(Buffer.compare(after.bytes, whole.bytes)).toBe(0);
    }
  },
);

it.each([
  ["withLags()", () => withLags({ one: 1 }, { of: value, alive: {} } as never)],
  ["windowed()", () => windowed(2, { of: row, alive: {} } as never)],
  ["horizon()", () => horizon(2, { of: row, alive: {} } as never)],
  [
    "keyed()",
    () =>
      keyed(
        ({ key }: Reading) => key,
        (all$) => all$,
        { alive: {} } as never,
      ),
  ],
  ["withIntervals()", () => withIntervals(conformalInterval(), { alive: {} } as never)],
  ["withSets()", () => withSets(conformalSet(), { alive: {} } as never)],
  ["calibrated()", () => calibrated(platt(), { alive: {} } as never)],
])("%s refuses misspelt options", (actor, attempt) => {
  expect(attempt).toThrow(`${actor} expects options named`);
});
