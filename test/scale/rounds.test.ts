import { expect, it } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import { random } from "../../src/math/random.ts";
import { deal } from "../../src/scale/deal.ts";
import { firstRounds } from "../../src/scale/firstRounds.ts";
import type { DeltaMessage, Message } from "../../src/scale/message.ts";
import { outerStep } from "../../src/scale/outerStep.ts";
import { stepRounds, type Verdict } from "../../src/scale/rounds.ts";
import type { RoundsConfig, RoundsState } from "../../src/scale/roundsState.ts";
import { stepsPerRound } from "../../src/scale/stepsPerRound.ts";

const config: RoundsConfig = {
  ...{ plan: "chain(dense(2, 1))", precision: "float32", partitions: ["p0", "p1"], staleness: 0, every: 4 },
  ...{ outer: { rate: 1, momentum: 0, nesterov: false }, workers: 1, statistics: ["mean"] },
};
const folds = { mean: mean() };

/** A log of which one writes the next entry. */
const logOf = (own: Partial<RoundsConfig> = {}) => {
  const state = firstRounds({ ...config, ...own }, folds, Float32Array.of(1, 2, 3), new Float32Array(0));
  const write = (writer: string, message: Message | "damaged" | "version"): Verdict =>
    stepRounds(state, { sequence: state.sequence + 1, writer, message }, folds);
  const join = (writer: string): number => {
    write(writer, { kind: "join", plan: config.plan });
    return state.sequence;
  };
  const delta = (
    writer: string,
    incarnation: number,
    values: readonly number[],
    other: Partial<DeltaMessage> = {},
  ) =>
    write(writer, {
      ...{ kind: "delta", plan: config.plan, incarnation, round: state.round, base: state.round },
      ...{ epoch: state.epoch, coded: { kind: "weights", values: Float32Array.from(values) } },
      ...{ buffers: new Float32Array(0), samples: 1, steps: 1, loss: 1, positions: new Map(), ended: [] },
      ...{ statistics: { mean: { count: 1, sum: 5 } }, times: { step: 1, exchange: 1 } },
      ...other,
    } as DeltaMessage);
  return { state, write, join, delta };
};
const partitionsOf = ({ members }: RoundsState): Record<string, readonly string[]> =>
  Object.fromEntries(members.map(({ worker, partitions }) => [worker, partitions]));

it("stepRounds() averages by samples, in whichever order the deltas come, to the same bits", () => {
  const rng = random(1);
  for (let i = 0; i < 50; i++) {
    const given = ["a", "b"].map((worker) => ({
      worker,
      values: [rng.normal(), rng.normal(), rng.normal()],
      samples: rng.below(100),
    }));
    const ends = [given, [...given].reverse()].map((order) => {
      const { state, join, delta } = logOf({ workers: 2 });
      const joined = new Map(given.map(({ worker }) => [worker, join(worker)]));
      for (const { worker, values, samples } of order)
        expect(delta(worker, joined.get(worker)!, values, { samples })).toBeUndefined();
      expect(state.round).toBe(1);
      return state.weights;
    });
    expect(ends[1]).toEqual(ends[0]);
    const total = given[0]!.samples + given[1]!.samples;
    const expected = [0, 1, 2].map((k) =>
      given.reduce((sum, g) => sum + (g.samples / total) * g.values[k]!, 0),
    );
    if (total > 0) for (const [k, w] of ends[0]!.entries()) expect(w).toBeCloseTo(expected[k]!, 5);
  }
});

it("stepRounds() deals partitions when members come and go, at the positions that were reached", () => {
  const { state, write, join, delta } = logOf();
  const a = join("a");
  expect(partitionsOf(state)).toEqual({ a: ["p0", "p1"] });
  const b = join("b");
  expect(partitionsOf(state)).toEqual({ a: ["p0", "p1"] }); // b waits for the round to close
  delta("a", a, [1, 1, 1], { positions: new Map([["p0", 7]]) });
  expect(partitionsOf(state)).toEqual({ a: ["p0"], b: ["p1"] });
  delta("a", a, [2, 2, 2], { positions: new Map([["p0", 9]]) });
  expect([state.round, state.positions.get("p0")]).toEqual([1, 7]);
  write("a", { kind: "remove", worker: "b", incarnation: b, round: 1 });
  expect([state.round, state.positions.get("p0")]).toEqual([2, 9]);
  expect(partitionsOf(state)).toEqual({ a: ["p0", "p1"] });
  expect(delta("b", b, [9, 9, 9])).toBe("stranger"); // a zombie
  expect(state.weights).toEqual(Float32Array.of(2, 2, 2));
});

it("stepRounds() counts what it refuses, and changes nothing else", () => {
  const { state, write, join, delta } = logOf({ workers: 2 });
  const a = join("a");
  const b = join("b");
  const values = [0, 0, 0];
  const coded = (numbers: readonly number[]) => ({
    coded: { kind: "weights" as const, values: Float32Array.from(numbers) },
  });
  const wrong: readonly [() => Verdict, Verdict][] = [
    [() => write("x", "damaged"), "damaged"],
    [() => write("x", "version"), "version"],
    [() => write("x", { kind: "join", plan: "chain(dense(3, 1))" }), "plan"],
    [() => write("x", { kind: "leave", incarnation: 1 }), "stranger"],
    [() => write("x", { kind: "remove", worker: "a", incarnation: a, round: 0 }), "stranger"],
    [() => write("x", { kind: "elsewhere", blob: "y" }), "damaged"],
    [() => delta("x", a, values), "stranger"],
    [() => delta("a", b, values), "stranger"],
    [() => delta("a", a, values, { plan: "other" }), "plan"],
    [() => delta("a", a, values, { round: 1 }), "late"],
    [() => delta("a", a, values, { epoch: 0 }), "late"],
    [() => delta("a", a, values, { base: 1 }), "late"],
    [() => delta("a", a, values, { positions: new Map([["p1", 1]]) }), "stranger"],
    [() => delta("a", a, values, { ended: ["p1"] }), "stranger"],
    [() => delta("a", a, [0, 0]), "values"],
    [() => delta("a", a, [0, Number.NaN, 0]), "values"],
    [() => delta("a", a, values, coded([Number.POSITIVE_INFINITY, 0, 0])), "values"],
    [() => delta("a", a, values, { buffers: new Float32Array(1) }), "values"],
    [() => delta("a", a, values, { statistics: {} }), "statistics"],
    [() => delta("a", a, values, { statistics: { mean: { count: "1", sum: 0 } } }), "statistics"],
    [() => delta("a", a, values, { statistics: { mean: { count: 1, sum: 0 }, more: 1 } }), "statistics"],
  ];
  for (const [attempt, reason] of wrong) {
    const before = structuredClone(state);
    expect(attempt()).toBe(reason);
    expect(state).toEqual({
      ...before,
      sequence: before.sequence + 1,
      refused: { ...before.refused, [reason!]: before.refused[reason!] + 1 },
    });
  }
  delta("a", a, values);
  expect(delta("a", a, values)).toBe("late"); // once more
  delta("b", b, values);
  expect(state.round).toBe(1);
});

it("stepRounds() lets a worker that begins anew go on where it has delivered to", () => {
  const { state, join, delta } = logOf({ workers: 2 });
  const a = join("a");
  const b = join("b");
  delta("a", a, [1, 1, 1], { positions: new Map([["p0", 3]]) });
  const again = join("a");
  expect(delta("a", a, [5, 5, 5])).toBe("stranger");
  expect(delta("b", b, [3, 3, 3])).toBeUndefined();
  expect([state.weights, state.positions.get("p0")]).toEqual([Float32Array.of(2, 2, 2), 3]);
  expect(delta("a", again, [1, 1, 1])).toBeUndefined();
});

it("stepRounds() lets a worker be so many rounds ahead, and no more", () => {
  const { state, join, delta } = logOf({ workers: 2, staleness: 1 });
  const a = join("a");
  const b = join("b");
  const change = (by: number) => ({ coded: { kind: "change", values: Float32Array.of(by, 0, 0) } }) as const;
  expect(delta("a", a, [], { ...change(1), round: 0, base: 0 })).toBeUndefined();
  expect(delta("a", a, [], { ...change(2), round: 1, base: 0 })).toBeUndefined();
  expect(delta("a", a, [], { ...change(4), round: 2, base: 0 })).toBe("late");
  expect(delta("b", b, [], { ...change(3), round: 0, base: 0 })).toBeUndefined();
  expect([state.round, state.weights[0]]).toEqual([1, 3]); // 1 + (1 + 3) / 2
  expect(delta("b", b, [], { ...change(0), round: 1, base: 1 })).toBeUndefined();
  expect([state.round, state.weights[0]]).toEqual([2, 4]);
});

it("stepRounds() brings statistics together as one pass would have", () => {
  const { state, join, delta } = logOf({ workers: 2 });
  const joined = { a: join("a"), b: join("b") };
  for (let round = 0; round < 3; round++)
    for (const worker of ["a", "b"] as const)
      delta(worker, joined[worker], [0, 0, 0], { statistics: { mean: { count: 2, sum: round } } });
  expect(state.statistics.mean).toEqual({ count: 12, sum: 6 });
});

it("outerStep() with momentum is what SGD of PyTorch makes of the mean change", () => {
  // torch.optim.SGD(lr=0.7, momentum=0.9, nesterov) in float64, gradients -1, -0.5, 2
  const reference = { false: [0.7, 1.68, 1.162], true: [1.33, 2.562, 0.6958] };
  for (const nesterov of [false, true]) {
    const [w, v] = [Float64Array.of(0), Float64Array.of(0)];
    const reached = [1, 0.5, -2].map((change) => {
      const values = Float64Array.of(change);
      outerStep(w, v, [{ kind: "change", values, samples: 3 }], { rate: 0.7, momentum: 0.9, nesterov });
      return w[0]!;
    });
    for (const [i, value] of reached.entries()) expect(value).toBeCloseTo(reference[`${nesterov}`][i]!, 10);
  }
});

it("deal() is even, loses nothing, and moves as few as it must", () => {
  const rng = random(2);
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  const all = Array.from({ length: 12 }, (_, i) => `p${i}`);
  for (let i = 0; i < 300; i++) {
    const partitions = all.filter(() => rng.below(5) > 0);
    const workers = ["a", "b", "c", "d", "e"].filter((_, k) => k === 0 || rng.below(2) === 0);
    const after = deal(partitions, rng.shuffle([...workers]), before);
    expect([...after.keys()]).toEqual(workers);
    expect([...after.values()].flat().sort()).toEqual([...partitions].sort());
    const sizes = [...after.values()].map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(deal(partitions, workers, after)).toEqual(after);
    before = after;
  }
});

it("stepsPerRound() brings exchanges to a small part of the time, slowly, within bounds", () => {
  let steps = 16;
  for (let i = 0; i < 20; i++)
    steps = stepsPerRound(steps, [
      { step: 0.5, exchange: 10 },
      { step: 1, exchange: 10 },
    ]);
  expect(10 / (10 + 0.5 * steps)).toBeLessThanOrEqual(0.0601);
  expect(steps).toBeLessThan(330);
  expect(stepsPerRound(16, [{ step: 1, exchange: 1000 }])).toBe(32);
  expect(stepsPerRound(16, [{ step: 1000, exchange: 1 }])).toBe(8);
  expect(stepsPerRound(1, [{ step: 1000, exchange: 1 }])).toBe(1);
  expect(stepsPerRound(16, [{ step: 0, exchange: 0 }])).toBe(16);
});
