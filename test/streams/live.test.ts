import {
  chain,
  delayed,
  delayedPrequential,
  dense,
  fold,
  joinLabels,
  type Labelled,
  type Live,
  type LiveLabels,
  load,
  mean,
  meanSquaredError,
  model,
  type OpenQuestions,
  over,
  random,
  type Sample,
  type SparseSample,
  save,
  sgd,
  sparse,
  withFolds,
} from "rxgrad";
import { from, merge, NEVER, Subject, take } from "rxjs";
import { expect, it } from "vitest";

const none = model(chain(dense(1, 1)));

/** What a live state is after it was saved and loaded. */
const reloaded = <State>(live: Live<State>): Live<State> => {
  const other: Live<State> = { state: undefined };
  load(none, save(none, { parts: { live } }), { parts: { live: other } });
  return other;
};

it("fold() and withFolds() go on from a live state that was saved", () => {
  const numbers = [3, 1, 4, 1, 5, 9, 2, 6];
  const items = numbers.map((value) => ({ value }));
  const folds = { mean: over(({ value }: { readonly value: number }) => value, mean()) };
  const whole: number[] = [];
  from(numbers)
    .pipe(fold(mean()))
    .subscribe((reading) => whole.push(reading));
  for (let stop = 1; stop < numbers.length; stop++) {
    let one: Live<unknown> = { state: undefined };
    let named: Live<Record<string, unknown>> = { state: undefined };
    const seen: number[][] = [[], []];
    for (const part of [items.slice(0, stop), items.slice(stop)]) {
      from(part.map(({ value }) => value))
        .pipe(fold(mean(), { live: one }))
        .subscribe((reading) => seen[0]!.push(reading));
      from(part)
        .pipe(withFolds(folds, { live: named }))
        .subscribe((item) => seen[1]!.push(item.mean));
      [one, named] = [reloaded(one), reloaded(named)];
    }
    expect(seen).toEqual([whole, whole]);
  }
});

it("withFolds() begins a fold anew that a live state does not know, and asks no prototype", () => {
  const live: Live<Record<string, unknown>> = { state: { b: { count: 7 } } };
  const count = (start: number) => ({
    init: () => ({ count: start }),
    step: ({ count }: { readonly count: number }, _: object) => ({ count: count + 1 }),
    read: ({ count }: { readonly count: number }) => count,
  });
  const seen: unknown[] = [];
  from([{}])
    .pipe(withFolds({ b: count(0), valueOf2: count(40) }, { live }))
    .subscribe((item) => seen.push(item));
  expect(seen).toEqual([{ b: 8, valueOf2: 41 }]);
  expect(live.state).toEqual({ b: { count: 8 }, valueOf2: { count: 41 } });
});

const rng = random(3);
const trips = Array.from({ length: 60 }, (_, id) => ({
  id,
  time: id - (id % 3),
  until: id + 1 + rng.below(15),
}));

it("delayed() brings out each item once, whenever its live state was saved", () => {
  const whole: number[] = [];
  from(trips)
    .pipe(delayed(({ until }) => until))
    .subscribe(({ id }) => whole.push(id));
  for (let stop = 1; stop < trips.length; stop++) {
    const live: Live<never> = { state: undefined };
    const trips$ = new Subject<(typeof trips)[number]>();
    let saved = live;
    let taken = 0;
    const seen: number[] = [];
    trips$
      .pipe(
        delayed(({ until }) => until, { live }),
        take(stop),
      )
      .subscribe(({ id }) => {
        seen.push(id);
        saved = reloaded(live); // in the middle of what one arrival brings out, too
      });
    for (const trip of trips) {
      if (seen.length === stop) break;
      taken++;
      trips$.next(trip);
    }
    if (seen.length < stop) continue; // the rest comes out at the end
    from(trips.slice(taken))
      .pipe(delayed(({ until }) => until, { live: saved }))
      .subscribe(({ id }) => seen.push(id));
    expect(seen).toEqual(whole);
    const again: number[] = seen.slice(0, stop);
    from(trips.slice(taken)) // the operator that was left has kept the same
      .pipe(delayed(({ until }) => until, { live }))
      .subscribe(({ id }) => again.push(id));
    expect(again).toEqual(whole);
  }
});

interface Ride extends SparseSample {
  readonly time: number;
}

it.each([1, 4])(
  "delayedPrequential() goes on bit by bit from live questions, with sparse samples and columns renewed: batches of %s",
  (batchSize) => {
    const draw = random(5);
    const rides = Array.from({ length: 40 }, (_, time): Ride => {
      const x = sparse([[[draw.below(6), draw.normal()], [draw.below(6), 1]]], 6); // biome-ignore format: a row
      return { time, x, y: draw.normal(), ...(time % 7 === 6 ? { renewed: { inputs: [time % 6] } } : {}) };
    });
    const run = (begin: number, live: Live<OpenQuestions<Ride>>, count: number, saved?: Uint8Array) => {
      const net = model(chain(dense(6, 1, { sparse: true })), { seed: 1, numerics: "reproducible" });
      if (saved) load(net, saved, { parts: { live } });
      let taken = begin;
      let bytes = new Uint8Array();
      const lines: unknown[] = [];
      const options = { loss: meanSquaredError(), optimizer: sgd(0.1), batchSize, live };
      const delay = ({ time }: Ride) => 1 + ((5 * time) % 11);
      const source = new Subject<Ride>();
      source
        .pipe(delayedPrequential(net, { ...options, moment: ({ time }) => time, delay }), take(count))
        .subscribe(({ prediction, target, learned, item }) => {
          lines.push([item.time, [...prediction.data], [...target.data], learned?.loss, learned?.id]);
          bytes = save(net, { parts: { live } });
        });
      for (const ride of rides.slice(begin)) {
        if (lines.length === count) break;
        taken++;
        source.next(ride);
      }
      if (lines.length < count) source.complete();
      return { lines, bytes, taken };
    };
    const whole = run(0, { state: undefined }, rides.length + 1);
    expect(whole.lines).toHaveLength(rides.length);
    for (let stop = 1; stop < rides.length; stop += 3) {
      const before = run(0, { state: undefined }, stop);
      const after = run(before.taken, { state: undefined }, rides.length + 1, before.bytes);
      expect([...before.lines, ...after.lines]).toEqual(whole.lines);
      expect(Buffer.compare(after.bytes, whole.bytes)).toBe(0);
    }
  },
);

it("joinLabels() keeps the item that lets others expire in its live state", () => {
  interface Shown {
    readonly key: number;
    readonly at: number;
  }
  const options = {
    key: ({ key }: Shown) => key,
    moment: ({ at }: Shown) => at,
    ttl: 5,
    onExpired: ({ key, at }: Shown) => ({ key, at }),
  };
  const shown$ = new Subject<Shown>();
  const live: LiveLabels<Shown, Shown> = { state: undefined };
  const seen: Labelled<Shown, Shown>[] = [];
  const saved: LiveLabels<Shown, Shown>[] = [];
  joinLabels(shown$, NEVER as unknown as Subject<Shown>, { ...options, live }).subscribe((one) => {
    seen.push(one);
    saved.push(reloaded(live as Live<never>) as unknown as LiveLabels<Shown, Shown>);
  });
  for (const [key, at] of [[1, 0], [2, 1], [3, 20]] as const) shown$.next({ key, at }); // biome-ignore format: pairs
  expect(seen.map(({ item }) => item.key)).toEqual([1, 2]);
  expect(live.state?.items).toBe(3);
  const late$ = new Subject<Shown>();
  const rest: number[] = [];
  joinLabels(merge(NEVER), late$, { ...options, live: saved[0]! }).subscribe(({ item }) =>
    rest.push(item.key),
  );
  late$.next({ key: 3, at: 21 });
  expect(rest).toEqual([2, 3]);
  expect(saved[0]!.arriving).toBeUndefined();
});

it.each([
  ["fold()", () => fold(mean(), { alive: {} } as never)],
  ["withFolds()", () => withFolds({ mean: mean() }, { alive: {} } as never)],
  ["delayed()", () => delayed<Sample & { readonly time: number }>(() => 0, { alive: {} } as never)],
])("%s refuses misspelt options", (_, attempt) => {
  expect(attempt).toThrow("options named");
});
