import { readFileSync } from "node:fs";
import { Subject } from "rxjs";
import { expect, test } from "vitest";
import { vector } from "../../src/math/vector.ts";
import { type EwcState, ewc } from "../../src/optimizers/ewc.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";

interface Trajectory {
  lambda: number;
  decay: number;
  every: number;
  W: number[][];
  gradients: number[][];
  path: number[][];
}

const { ewc: trajectories } = JSON.parse(
  readFileSync(new URL("../fixtures/memory.json", import.meta.url), "utf8"),
) as { ewc: Trajectory[] };

const walk = (rule: Rule, start: number[], gradients: number[][], before?: (t: number) => void) => {
  const w = vector(start);
  const state = rule.init(w) as EwcState;
  const following = rule.follow?.(state);
  const path = gradients.map((g, t) => {
    before?.(t);
    const step = rule.update(vector(g), state, w);
    for (let i = 0; i < w.data.length; i++) w.data[i]! -= step.data[i]!;
    return Array.from(w.data);
  });
  following?.unsubscribe();
  return { path, state };
};

test.each(trajectories)("ewc() goes the way of autograd with lambda $lambda, decay $decay", (one) => {
  const { lambda, decay, every, W, gradients, path } = one;
  const rule = ewc(sgd(0.05), { lambda, decay, consolidate: every });
  const own = walk(rule, W.flat(), gradients).path;
  own.forEach((w, t) => {
    w.forEach((wi, i) => {
      expect(wi).toBeCloseTo(path[t]![i]!, 10);
    });
  });
});

test("ewc() consolidates when its Observable emits, before the next update", () => {
  const { lambda, decay, every, W, gradients } = trajectories[0]!;
  const ends$ = new Subject<string>();
  const told = walk(ewc(sgd(0.05), { lambda, decay, consolidate: ends$ }), W.flat(), gradients, (t) => {
    if (t > 0 && t % every === 0) ends$.next("a concept");
  });
  const counted = walk(ewc(sgd(0.05), { lambda, decay, consolidate: every }), W.flat(), gradients);
  expect(told.path).toEqual(counted.path);
  expect(ends$.observed).toBe(false);
});

test("ewc() is the rule that it wraps until something is consolidated", () => {
  const { W, gradients } = trajectories[0]!;
  const held = walk(ewc(sgd(0.05), { lambda: 1e6, consolidate: 1000 }), W.flat(), gradients);
  expect(held.path).toEqual(walk(sgd(0.05), W.flat(), gradients).path);
});

test("ewc() keeps its information when it is told to consolidate twice in a row", () => {
  const ends$ = new Subject<void>();
  const rule = ewc(sgd(0.1), { lambda: 1, decay: 0.5, consolidate: ends$ });
  const { state } = walk(rule, [1], [[2], [0]], () => {
    ends$.next();
    ends$.next();
  });
  expect(Array.from(state.fisher.data)).toEqual([4]);
});

test("ewc() fails with the error of its Observable", () => {
  const ends$ = new Subject<void>();
  const rule = ewc(sgd(0.1), { lambda: 1, consolidate: ends$ });
  expect(() => walk(rule, [1], [[1]], () => ends$.error(new Error("the signal broke")))).toThrow(
    "the signal broke",
  );
});

test("ewc() refuses what is no rule, and options out of range", () => {
  expect(() => ewc("adam" as unknown as Rule, { lambda: 1, consolidate: 1 })).toThrow(
    'ewc() expects a rule, such as adam(1e-3), got "adam"',
  );
  expect(() => ewc(sgd(1), { lambda: -1, consolidate: 1 })).toThrow(
    "a number of at least 0 as lambda, got -1",
  );
  expect(() => ewc(sgd(1), { lambda: 1, decay: 2, consolidate: 1 })).toThrow("a number from 0 to 1 as decay");
  expect(() => ewc(sgd(1), { lambda: 1, consolidate: 0 })).toThrow(
    "a whole number of at least 1 as consolidate",
  );
});
