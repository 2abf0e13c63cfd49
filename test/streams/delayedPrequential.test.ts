import fc from "fast-check";
import { from, lastValueFrom, Subject, toArray } from "rxjs";
import { expect, test } from "vitest";
import { mae } from "../../src/folds/mae.ts";
import { model, type Rejection } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { layerNorm } from "../../src/layers/layerNorm.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { type Matrix, matrix } from "../../src/math/matrix.ts";
import { isSparse, type Sparse, sparse } from "../../src/math/sparse.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { delayedPrequential } from "../../src/streams/delayedPrequential.ts";
import { guard } from "../../src/streams/guard.ts";
import { learner } from "../../src/streams/learner.ts";
import { operatorLaws } from "../laws/operator.ts";

interface Trip {
  readonly id: number;
  readonly time: number;
  readonly wait: number;
  readonly x: readonly number[];
  readonly y: number;
}

const fresh = () => model(chain(dense(1, 1)), { seed: 1, precision: "float64" });
const learning = () => ({ loss: meanSquaredError(), optimizer: sgd(0.05) });
const times = {
  moment: ({ time }: Trip): number => time,
  delay: ({ wait }: Trip): number => wait,
};
const trip = (id: number, time: number, wait: number): Trip => ({
  id,
  time,
  wait,
  x: [(id % 5) / 4],
  y: (id % 7) / 3,
});
const four = [trip(0, 0, 3), trip(1, 1, 0.5), trip(2, 2, 0.5), trip(3, 4, 5)];

operatorLaws("delayedPrequential(model)", {
  operator: () => delayedPrequential(fresh(), { ...times, ...learning() }),
  items: four,
  expected: (all) => all.map(() => expect.anything()),
  beforeError: () => [expect.anything(), expect.anything(), expect.anything()],
  sharesState: "the model holds the weights",
});

/** All questions and answers sorted by time, answers first, then in the order of the questions; and a learner called by hand. */
const naive = (trips: readonly Trip[], batchSize: number) => {
  const sessions = trips.flatMap((one, i) => {
    const next = trips.findIndex(({ time }, j) => j > i && time >= one.time + one.wait); // it is answered before that
    return [
      { one, answer: false, turn: i, due: 0, i },
      { one, answer: true, turn: (next < 0 ? trips.length : next) - 0.5, due: one.time + one.wait, i },
    ];
  });
  sessions.sort((a, b) => a.turn - b.turn || a.due - b.due || a.i - b.i);
  const net = fresh();
  const pupil = learner(net, learning());
  const said = new Map<Trip, number>();
  const batch: Trip[] = [];
  let errors = 0;
  let answers = 0;
  const out: unknown[] = [];
  for (const { one, answer } of sessions) {
    if (!answer) said.set(one, net.predict(one.x).data[0]!);
    else {
      errors += Math.abs(said.get(one)! - one.y);
      batch.push(one);
      answers++;
      if (batch.length === batchSize || answers === trips.length) {
        const some = batch.splice(0);
        pupil.learnBatch({ x: matrix(some.map(({ x }) => x)), y: matrix(some.map(({ y }) => [y])) });
      }
      out.push({ id: one.id, said: said.get(one), mae: expect.closeTo(errors / answers, 10) });
    }
  }
  return { out, weights: [...net.weights.values.data] };
};

test("delayedPrequential() predicts, scores and learns as questions and answers sorted by time, to the bit", () => {
  const step = fc.record({ gap: fc.integer({ min: 0, max: 4 }), wait: fc.integer({ min: 0, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (steps, batchSize) => {
      let time = 0;
      const trips = steps.map(({ gap, wait }, id) => {
        time += gap;
        return trip(id, time, wait);
      });
      const net = fresh();
      const out: unknown[] = [];
      let learned = 0;
      from(trips)
        .pipe(delayedPrequential(net, { ...times, ...learning(), batchSize, metrics: { mae: mae() } }))
        .subscribe((one) => {
          learned += one.learned?.size ?? 0;
          out.push({ id: one.item.id, said: one.prediction.data[0], mae: one.metrics.mae });
        });
      const expected = naive(trips, batchSize);
      expect(out).toEqual(expected.out);
      expect([...net.weights.values.data]).toEqual(expected.weights);
      expect(learned).toBe(trips.length);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("delayedPrequential() asks and answers in the order of River's simulate_qa, on its six taxi trips", async () => {
  const log: string[] = [];
  const table = [
    [0, 900],
    [600, 1800],
    [1200, 300],
    [2700, 400],
    [3000, 240],
    [3300, 450],
  ];
  const trips = table.map(([time, wait], id) => trip(id, time!, wait!));
  await lastValueFrom(
    from(trips).pipe(
      delayedPrequential(fresh(), {
        ...times,
        ...learning(),
        sample: ({ id, x, y }) => {
          log.push(`${id} departs`);
          return { x, y };
        },
        metrics: {
          log: {
            init: () => 0,
            step: (n: number) => n + 1,
            read: (n: number) => log.push(`answer ${n}`),
          },
        },
      }),
      toArray(),
    ),
  ).then((steps) => {
    let n = 0;
    for (const { item } of steps) log.splice(log.indexOf(`answer ${++n}`), 1, `${item.id} arrives`);
  });
  expect(log).toEqual(
    [
      "0 departs",
      "1 departs",
      "0 arrives",
      "2 departs",
      "2 arrives",
      "1 arrives",
      "3 departs",
      "4 departs",
    ].concat(["3 arrives", "4 arrives", "5 departs", "5 arrives"]),
  );
});

test("delayedPrequential() takes predictions that items bring along, and features as they were", () => {
  const x = new Float64Array([1]);
  const trips$ = new Subject<Trip>();
  const seen: unknown[] = [];
  const net = fresh();
  trips$
    .pipe(delayedPrequential(net, { ...times, ...learning(), prediction: ({ id }) => matrix([[id + 0.5]]) }))
    .subscribe(({ item, prediction }) => seen.push([item.id, prediction.data[0]]));
  trips$.next({ ...trip(3, 0, 5), x: x as unknown as number[] });
  x[0] = Number.NaN; // the application reuses it
  trips$.next(trip(4, 6, 1));
  expect(seen).toEqual([[3, 3.5]]);
  expect([...net.weights.values.data].every(Number.isFinite)).toBe(true);
});

test("delayedPrequential() runs one item after another, also when a subscriber sends the next", () => {
  const trips$ = new Subject<Trip>();
  const seen: number[] = [];
  trips$.pipe(delayedPrequential(fresh(), { ...times, ...learning() })).subscribe(({ item }) => {
    seen.push(item.id);
    if (item.id === 0) trips$.next(trip(9, 20, 1));
  });
  trips$.next(trip(0, 0, 1));
  trips$.next(trip(1, 1, 2)); // brings out 0, whose subscriber sends 9: not before 1 has been asked
  trips$.complete();
  expect(seen).toEqual([0, 1, 9]);
});

test("delayedPrequential() refuses bad items one by one, and says why", () => {
  const net = fresh();
  const rejected: string[] = [];
  net.rejected$.subscribe(({ error }) => rejected.push(error.message));
  const seen: number[] = [];
  const items = [
    trip(0, 0, 1),
    { ...trip(1, 1, 1), x: [Number.NaN] },
    { ...trip(2, 2, 1), y: Number.NaN },
    { ...trip(3, 3, 1), time: Number.NaN },
    { ...trip(4, 4, 1), x: [1, 2] },
    trip(5, 5, 1),
  ];
  from(items)
    .pipe(delayedPrequential(net, { ...times, ...learning(), onInvalid: "skip", batchSize: 2 }))
    .subscribe(({ item }) => seen.push(item.id));
  expect(seen).toEqual([0, 5]);
  expect(rejected).toHaveLength(4);
  let said = "";
  from(items.slice(1))
    .pipe(delayedPrequential(net, { ...times, ...learning() }))
    .subscribe({
      error: (error) => {
        said = error.message;
      },
    });
  expect(said).toContain("finite numbers in x, got NaN in row 0, column 0");
  const made = (options: object) => () => delayedPrequential(net, { ...times, ...learning(), ...options });
  expect(made({ batchSize: 0 })).toThrow("as batchSize, got 0");
  expect(made({ moment: "time" })).toThrow("delayedPrequential() expects a function as moment, got string");
  expect(made({ until: 3 })).toThrow("got until");
});

interface Visit {
  readonly at: number;
  readonly wait: number;
  readonly x: readonly number[];
  readonly y: number;
  readonly renewed?: { inputs?: number[]; outputs?: number[] };
}

test.each([1, 2])(
  "delayedPrequential() forgets what a sample renewed before it is predicted, and learns earlier labels without it, in batches of %i",
  (batchSize) => {
    const visits: Visit[] = [
      { at: 0, wait: 2, x: [1, 0], y: 3 }, // learned with its column, also if it waits for its batch
      { at: 3, wait: 10, x: [1, 0], y: 5 },
      { at: 4, wait: 20, x: [1, 0], y: -1, renewed: { inputs: [0] } },
    ];
    const options = () => ({ loss: meanSquaredError(), optimizer: adam(0.1) });
    const make = () => model(chain(dense(2, 1)), { seed: 1, precision: "float64" });
    const net = make();
    const said: number[] = [];
    from(visits)
      .pipe(
        delayedPrequential(net, {
          ...options(),
          moment: ({ at }) => at,
          delay: ({ wait }) => wait,
          batchSize,
        }),
      )
      .subscribe(({ prediction }) => said.push(prediction.data[0]!));

    const hand = make();
    const pupil = learner(hand, options());
    const expected = [hand.predict([1, 0]).data[0]!];
    if (batchSize === 2) expected.push(hand.predict([1, 0]).data[0]!);
    pupil.learnOne([1, 0], 3);
    if (batchSize === 1) expected.push(hand.predict([1, 0]).data[0]!);
    pupil.forget({ inputs: [0] });
    expected.push(hand.parameters[1]!.value.data[0]!);
    if (batchSize === 1) {
      pupil.learnOne([0, 0], 5);
      pupil.learnOne([1, 0], -1);
    } else
      pupil.learnBatch({
        x: matrix([
          [0, 0],
          [1, 0],
        ]),
        y: matrix([[5], [-1]]),
      });
    expect(said).toEqual(expected);
    expect([...net.weights.values.data]).toEqual([...hand.weights.values.data]);
  },
);

test("delayedPrequential() scores a label whose class has made way, and does not learn it", () => {
  const visits: Visit[] = [
    { at: 0, wait: 10, x: [1], y: 1 },
    { at: 1, wait: 20, x: [1], y: 1, renewed: { outputs: [1] } },
  ];
  const net = model(chain(dense(1, 2)), { seed: 1 });
  const learned: (number | undefined)[] = [];
  from(visits)
    .pipe(
      delayedPrequential(net, {
        loss: categoricalCrossentropy({ fromLogits: true }),
        optimizer: sgd(0.1),
        moment: ({ at }) => at,
        delay: ({ wait }) => wait,
      }),
    )
    .subscribe((step) => learned.push(step.learned?.size));
  expect(learned).toEqual([undefined, 1]);
});

test("delayedPrequential() does not take a plan that mixes columns for bad data", () => {
  let said = "";
  const visits: Visit[] = [{ at: 0, wait: 1, x: [1, 0], y: 0, renewed: { inputs: [0] } }];
  from(visits)
    .pipe(
      delayedPrequential(model(chain(layerNorm(2), dense(2, 1))), {
        ...learning(),
        moment: ({ at }) => at,
        delay: 1,
        onInvalid: "skip",
      }),
    )
    .subscribe({ error: (error) => (said = error.message) });
  expect(said).toMatch(/^delayedPrequential\(\): forget\(\) expects .* which mixes them/);
});

test("delayedPrequential() takes sparse rows, as they were, and equals dense ones", () => {
  const run = (wide: boolean) => {
    const net = model(chain(dense(3, 1, { sparse: wide })), { seed: 1 });
    const items$ = new Subject<{ readonly at: number; readonly x: never; readonly y: number }>();
    items$.pipe(delayedPrequential(net, { ...learning(), moment: ({ at }) => at, delay: 2 })).subscribe();
    const send = (at: number, row: number[], spoil?: boolean) => {
      const x = wide ? sparse([row.map((v, j) => [j, v] as const)], 3) : row;
      items$.next({ at, x: x as never, y: at });
      if (spoil) (isSparse(x as Matrix) ? (x as Sparse).values : row).fill(7);
    };
    send(0, [1, 0, 2], true);
    send(1, [0, 3, 0]);
    send(5, [1, 1, 1]);
    items$.complete();
    return Array.from(net.weights.values.data);
  };
  run(true).forEach((w, i, all) => {
    expect(w).toBeCloseTo(run(false)[i]!, 6);
    expect(all.every(Number.isFinite)).toBe(true);
  });
});

test("delayedPrequential({ guard }) scores a label whose batch the guard refuses, and learns as if it had not come", () => {
  const trips = Array.from({ length: 60 }, (_, i) => ({
    ...trip(i, i, 0.5),
    ...(i === 30 ? { y: 1e9 } : {}),
  }));
  const run = (given: readonly Trip[], guarded: boolean) => {
    const net = fresh();
    const refused: Rejection[] = [];
    net.rejected$.subscribe((one) => refused.push(one));
    const items: { readonly id: number; readonly learned: boolean; readonly refused: number | undefined }[] =
      [];
    from(given)
      .pipe(
        delayedPrequential(net, {
          ...times,
          ...learning(),
          ...(guarded ? { guard: guard() } : {}),
          metrics: { mae: mae() },
        }),
      )
      .subscribe(({ item, learned }) =>
        items.push({ id: item.id, learned: learned !== undefined, refused: learned?.guard?.refused }),
      );
    return { net, refused, items };
  };
  const { net, refused, items } = run(trips, true);
  const clean = run(
    trips.filter(({ y }) => y < 1e9),
    false,
  );
  expect([...net.weights.values.data]).toEqual([...clean.net.weights.values.data]);
  expect(refused).toMatchObject([{ action: "skipped" }]);
  expect(items).toHaveLength(60);
  expect(items.filter(({ learned }) => !learned)).toEqual([{ id: 30, learned: false, refused: undefined }]);
  expect(items.at(-1)!.refused).toBe(1);
});

test('delayedPrequential({ guard }) ends with an error when its policy is "stop", also where bad data is skipped', () => {
  const trips = Array.from({ length: 40 }, (_, i) => ({
    ...trip(i, i, 0.5),
    ...(i === 30 ? { y: 1e9 } : {}),
  }));
  let message = "";
  from(trips)
    .pipe(
      delayedPrequential(fresh(), {
        ...times,
        ...learning(),
        onInvalid: "skip",
        guard: guard({ policy: "stop" }),
      }),
    )
    .subscribe({
      error: (error) => {
        message = error.message;
      },
    });
  expect(message).toContain("guard() expects a loss within its limit");
});
