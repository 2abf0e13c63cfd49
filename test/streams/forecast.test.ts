import { readFileSync } from "node:fs";
import {
  adam,
  add,
  chain,
  columns,
  dense,
  type Forecast,
  type ForecastOptions,
  forecast,
  gru,
  guard,
  horizonMetric,
  learner,
  type Model,
  mae,
  meanSquaredError,
  model,
  parallel,
  poisson,
  type Rejection,
  random,
  readingOf,
  type Sample,
  sgd,
  windowed,
  zeroInit,
} from "rxgrad";
import { from, map, type Observable, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { stateOf } from "../support/modelState.ts";

const { passengers } = JSON.parse(readFileSync("test/fixtures/airline.json", "utf8")) as {
  passengers: readonly number[];
};

/** As its own last values, by the logarithm of the ratio to the first. */
const ratio = (y: number) => Math.log(y / passengers[0]!);
const back = (z: number) => passengers[0]! * Math.exp(z);
const lagged = (values: readonly number[]): Observable<Sample> =>
  from(values).pipe(
    map((y) => ({ y })),
    windowed(12, { of: ({ y }) => [y], warmUp: "pad" }),
  );

const gather = <Item>(stream$: Observable<Item>): { items: Item[]; error?: string } => {
  const seen: { items: Item[]; error?: string } = { items: [] };
  stream$.subscribe({
    next: (item) => seen.items.push(item),
    error: (error) => {
      seen.error = error.message;
    },
  });
  return seen;
};

const options = (more: Partial<ForecastOptions> = {}): ForecastOptions => ({
  horizon: 3,
  loss: meanSquaredError(),
  optimizer: sgd(0.05),
  ...more,
});
const linear = (outputs = 3, seed = 1) => model(chain(dense(12, outputs)), { seed, precision: "float64" });
const noise = (length: number, seed = 1) => {
  const rng = random(seed);
  return Array.from({ length }, () => rng.normal());
};
const said = (items: readonly Forecast[]) => items.map((item) => [...item.forecast]);

operatorLaws("forecast(model)", {
  operator: () => forecast(linear(), options()),
  items: noise(6).map((y, t) => ({ x: noise(12, t), y })),
  expected: (all) =>
    all.map(({ y }, id) => ({
      run: expect.any(Number),
      id,
      y,
      forecast: expect.any(Float64Array),
      ...(id >= 3 && { loss: expect.any(Number) }),
    })),
  sharesState: "all who subscribe share the model",
});

describe.each([
  { strategy: "direct", outputs: 3 },
  { strategy: "recursive", outputs: 1 },
] as const)('forecast() with strategy "$strategy"', ({ strategy, outputs }) => {
  const run = (net: Model, values: readonly number[]) =>
    gather(lagged(values).pipe(forecast(net, options({ strategy })))).items;

  it("has seen nothing of the future", () => {
    const values = noise(60);
    const all = said(run(linear(outputs), values));
    for (const t of [0, 1, 7, 30, 58]) {
      const others = [...values.slice(0, t + 1), ...noise(59 - t, 99).map((y) => 100 + y)];
      const changed = said(run(linear(outputs), others));
      expect(changed.slice(0, t + 1)).toEqual(all.slice(0, t + 1));
      expect(changed[t + 1]).not.toEqual(all[t + 1]);
    }
  });

  it("equals a loop over the whole series that learns what is complete, and then predicts", () => {
    const values = noise(40);
    const inputs = gather(lagged(values)).items.map(({ x }) => Array.from(x));
    const net = linear(outputs);
    const { learnOne, predict } = learner(net, { loss: meanSquaredError(), optimizer: sgd(0.05) });
    const steps = outputs === 1 ? 3 : 1;
    const expected = values.map((_, t) => {
      const loss =
        t >= outputs ? learnOne(inputs[t - outputs]!, values.slice(t - outputs + 1, t + 1)).loss : undefined;
      const answers: number[] = [];
      for (let k = 0; k < steps; k++) answers.push(...predict([...inputs[t]!, ...answers].slice(-12)));
      return { loss, forecast: answers };
    });
    const items = run(linear(outputs), values);
    expect(items.map(({ loss, forecast }) => ({ loss, forecast: [...forecast] }))).toEqual(expected);
  });

  it("predicts without changing the model, and answers with copies", () => {
    const before = linear(outputs);
    const items = run(before, noise(outputs)); // too few to learn from
    expect(stateOf(before)).toBe(stateOf(linear(outputs)));
    items[0]!.forecast.fill(Number.NaN);
    expect(said(items.slice(1)).flat().every(Number.isFinite)).toBe(true);
  });

  it("learns nothing of a bad sample, ends with an error, or skips it as if it had not come", () => {
    const good = gather(lagged(noise(20))).items;
    const [x] = good.map((sample) => sample.x) as [Sample["x"]];
    const bad: Sample[] = [
      { x, y: Number.NaN },
      { x: [Number.POSITIVE_INFINITY, ...Array.from(x).slice(1)], y: 1 },
    ];
    const mixed = [...good.slice(0, 9), ...bad, ...good.slice(9)];
    const skipping = linear(outputs);
    const rejected: Rejection[] = [];
    skipping.rejected$.subscribe((one) => rejected.push(one));
    const skipped = gather(
      from(mixed).pipe(forecast(skipping, options({ strategy, onInvalid: "skip" }))),
    ).items;
    expect(said(skipped)).toEqual(said(run(linear(outputs), noise(20))));
    expect(rejected.map(({ error }) => error.message)).toEqual([
      "forecast() expects finite numbers in y, got NaN in row 0, column 0",
      "forecast() expects finite numbers in x, got Infinity in row 0, column 0",
    ]);
    const ended = gather(from(mixed).pipe(forecast(linear(outputs), options({ strategy }))));
    expect(ended).toMatchObject({ items: { length: 9 }, error: rejected[0]!.error.message });
  });
});

it("forecast() refuses what its loss is not defined for before it is part of any example", () => {
  const net = linear();
  const rejected: Rejection[] = [];
  net.rejected$.subscribe((one) => rejected.push(one));
  const values = [1, 2, -3, 4, 5, 6, 7];
  const { items } = gather(
    lagged(values).pipe(forecast(net, options({ loss: poisson(), onInvalid: "skip" }))),
  );
  expect(items.map(({ y }) => y)).toEqual([1, 2, 4, 5, 6, 7]);
  expect(rejected).toHaveLength(1);
});

it("forecast({ guard }) forecasts at every sample, also where the guard refuses what it completes", () => {
  const net = model(dense(2, 1), { seed: 1 });
  const clean = model(dense(2, 1), { seed: 1 });
  const refused: Rejection[] = [];
  net.rejected$.subscribe((one) => refused.push(one));
  const series = Array.from(
    { length: 60 },
    (_, t): Sample => ({ x: [Math.sin(t), 1], y: t === 40 ? 1e9 : Math.sin(t + 1) }),
  );
  const said = gather(
    from(series).pipe(forecast(net, { ...options({ horizon: 1 }), guard: guard({ policy: "skip" }) })),
  );
  const twin = learner(clean, { loss: meanSquaredError(), optimizer: sgd(0.05) });
  const wanted = series.map(({ x }, t) => {
    // y of t completes the example of t − 1; that of 40 is left out
    if (t > 0 && t !== 40) twin.learnOne(series[t - 1]!.x, series[t]!.y);
    return twin.predict(Array.from(x))[0]!;
  });
  expect(said.error).toBeUndefined();
  expect(said.items.map(({ forecast }) => forecast[0])).toEqual(wanted);
  expect(refused).toMatchObject([{ action: "skipped", batch: { y: { data: Float64Array.of(1e9) } } }]);
  expect(said.items[40]).not.toHaveProperty("loss");
  expect(said.items[41]!.guard).toMatchObject({ refused: 1 });
});

it('forecast({ guard }) ends with an error when its policy is "stop"', () => {
  const series = Array.from({ length: 30 }, (_, t): Sample => ({ x: [1, 1], y: t === 20 ? 1e9 : 1 }));
  const said = gather(
    from(series).pipe(
      forecast(model(dense(2, 1), { seed: 1 }), {
        ...options({ horizon: 1 }),
        ...{ onInvalid: "skip", guard: guard({ policy: "stop" }) },
      }),
    ),
  );
  expect(said.items).toHaveLength(20);
  expect(said.error).toContain("guard() expects a loss within its limit");
});

it("forecast() goes on where a subscriber pushes the next sample", () => {
  const samples = gather(lagged(noise(10))).items;
  const samples$ = new Subject<Sample>();
  const ids: number[] = [];
  samples$.pipe(forecast(linear(), options())).subscribe(({ id }) => {
    if (id === 4) samples$.next(samples[5]!);
    ids.push(id);
  });
  for (const sample of samples.slice(0, 5)) samples$.next(sample);
  expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
});

it("forecast() refuses options that mean nothing and models that do not fit", () => {
  expect(() => forecast(linear(), options({ horizon: 0 }))).toThrow(
    "forecast() expects a whole number of at least 1 as horizon, got 0",
  );
  expect(() => forecast(linear(2), options())).toThrow(
    "forecast() expects a model with 3 outputs (direct, horizon 3), got 2",
  );
  expect(() => forecast(linear(3), options({ strategy: "recursive" }))).toThrow(
    "forecast() expects a model with 1 outputs (recursive, horizon 3), got 3",
  );
  expect(() => forecast(linear(), options({ strategy: "both" as "direct" }))).toThrow(
    '"direct" or "recursive"',
  );
  expect(() => forecast(linear(), { ...options(), grace: 1 } as ForecastOptions)).toThrow("got grace");
  expect(() => horizonMetric(3, mae(), { grace: -1 })).toThrow("at least 0 as grace, got -1");
  expect(() => readingOf(horizonMetric(3, mae()), [{ y: 1, forecast: [1, 2] }])).toThrow(
    "horizonMetric() expects forecasts of 3 numbers, got 2",
  );
});

// the airline series, in the order in which it came: what River evaluates with horizon 3 and grace 12, 129 forecasts

const seasonal = 12;

/** What the same month of last year had, and what a small net corrects. */
const corrected = (outputs: number, seed: number) =>
  model(
    parallel(
      add(),
      columns(0, outputs),
      chain(dense(seasonal, 16, { activation: "tanh" }), dense(16, outputs, { init: zeroInit() })),
    ),
    { seed },
  );

/** The same, by a net that goes through the year month by month. */
const recalled = (outputs: number, seed: number) =>
  model(
    parallel(
      add(),
      columns(0, outputs),
      chain(gru(1, 16, { steps: seasonal }), dense(16, outputs, { init: zeroInit() })),
    ),
    { seed },
  );

const airline = (net: Model, strategy: "direct" | "recursive", horizon = 3) =>
  gather(
    lagged(passengers.map(ratio)).pipe(
      forecast(net, { horizon, strategy, loss: meanSquaredError(), optimizer: adam(3e-3) }),
      map(({ y, forecast }) => ({ y: back(y), forecast: Array.from(forecast, back) })),
    ),
  ).items;

/** The error of all that is said of the three items after t, over t = 12 … 140; said at t, or at t − 1 of one more. */
const error = (all: readonly { readonly forecast: readonly number[] }[], late = 0) => {
  const errors = Array.from({ length: 129 }, (_, i) => i + 12).flatMap((t) =>
    [1, 2, 3].map((j) => Math.abs(passengers[t + j]! - all[t - late]!.forecast[j - 1 + late]!)),
  );
  return errors.reduce((sum, one) => sum + one, 0) / errors.length;
};

const holtWinters = 39.44; // in River

describe.each([1, 2, 3])("forecast() of the airline series, seed %i", (seed) => {
  it("beats Holt-Winters and last year's number, in one pass", () => {
    const lastYear = passengers.map((_, t) => ({
      forecast: [1, 2, 3].map((j) => passengers[t + j - seasonal] ?? 0),
    }));
    expect(error(lastYear)).toBeCloseTo(32.48, 2);
    for (const strategy of ["direct", "recursive"] as const) {
      const found = error(airline(corrected(strategy === "direct" ? 3 : 1, seed), strategy));
      expect(found).toBeLessThan(22);
      expect(found).toBeLessThan(holtWinters);
    }
  });

  it("has less than half of the error of Holt-Winters with a gru", () => {
    expect(error(airline(recalled(3, seed), "direct"))).toBeLessThan(holtWinters / 2);
    expect(error(airline(recalled(4, seed), "direct", 4), 1)).toBeLessThan(holtWinters / 2);
  });

  it("beats Holt-Winters also when it must speak before it has seen y at t, as River has it", () => {
    expect(error(airline(corrected(4, seed), "direct", 4), 1)).toBeLessThan(22);
  });

  it("scored as the truth comes, says the same but for the last forecasts, which are not all in", () => {
    const all = airline(corrected(3, seed), "direct");
    const { each, mean } = readingOf(horizonMetric(3, mae(), { grace: 12 }), all);
    expect(mean).toBeCloseTo(each.reduce((a, b) => a + b) / 3, 12);
    expect(Math.abs(mean - error(all))).toBeLessThan(0.5);
  });
});

it("forecast() of the airline series without a way past the net is worse, and is measured too", () => {
  const plain = [1, 2, 3].map((seed) =>
    error(airline(model(chain(dense(12, 16, { activation: "tanh" }), dense(16, 3)), { seed }), "direct")),
  );
  for (const found of plain) expect(found).toBeLessThan(holtWinters);
  expect(Math.min(...plain)).toBeGreaterThan(22);
});
