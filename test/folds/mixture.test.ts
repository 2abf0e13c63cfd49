import { random } from "rxgrad";
import { describe, expect, it } from "vitest";
import { habit } from "../../src/folds/habit.ts";
import { meanOfSaid, mixture, ofClasses, ofValues } from "../../src/folds/mixture.ts";
import { moments } from "../../src/folds/moments.ts";
import { rowScaling } from "../../src/folds/rowScaling.ts";
import { steadyMoments } from "../../src/folds/steadyMoments.ts";
import { targetScaling } from "../../src/folds/targetScaling.ts";
import { seenCrossentropy, seenSoftmax } from "../../src/losses/seenCrossentropy.ts";
import { matrix } from "../../src/math/matrix.ts";

describe("mixture()", () => {
  it("finds a mean that is better than each learner", () => {
    const r = random(1);
    const fold = mixture(2, ofValues, { fading: 1 });
    let state = fold.init();
    let [own, first] = [0, 0];
    for (let t = 0; t < 2000; t++) {
      const [truth, off] = [r.normal(), r.normal()];
      const said = [[truth + off], [truth - off]];
      own += Math.abs(meanOfSaid(said, fold.read(state))[0]! - truth);
      first += Math.abs(off);
      state = fold.step(state, { said, truth });
    }
    expect(own).toBeLessThan(0.15 * first);
  });

  it("leaves out a learner whose prediction is not finite", () => {
    const fold = mixture(3, ofClasses);
    let state = fold.init();
    const said = [
      [0.5, 0.5],
      [Number.NaN, Number.NaN],
      [0.9, 0.1],
    ];
    expect(meanOfSaid(said, fold.read(state))).toEqual([0.7, 0.3].map((p) => expect.closeTo(p, 12)));
    state = fold.step(state, { said, truth: 0 });
    expect(fold.read(state).failed).toEqual([1]);
    expect(fold.read(state).weights[1]).toBe(0);
  });

  it("charges slopes: that of −ln F down to 1/20, and that of Huber's loss", () => {
    expect(ofClasses([0.5, 0.5], 1)).toEqual([0, -2]);
    expect(ofClasses([0.999, 0.001], 1)).toEqual([0, -20]);
    expect(ofValues([3], 2.5)).toEqual([0.5]);
    expect(ofValues([3], 30)).toEqual([-1]);
  });
});

describe("habit()", () => {
  it("knows what follows what, and how frequent classes are", () => {
    const fold = habit(3);
    let state = fold.init();
    for (let t = 0; t < 300; t++) state = fold.step(state, t === 0 ? -1 : (t - 1) % 2, t % 2);
    expect(fold.read(state, 0, 2)[1]).toBeGreaterThan(0.95);
    expect(fold.read(state, -1, 2)[1]).toBeCloseTo(0.5, 1);
    expect(fold.read(state, 0, 2)[2]).toBe(0);
  });

  it("gives probabilities that sum to 1, and forgets a class", () => {
    const fold = habit(4);
    let state = fold.init();
    const r = random(3);
    let before = -1;
    for (let t = 0; t < 100; t++) {
      const came = r.below(3);
      state = fold.step(state, before, came);
      before = came;
      for (const last of [-1, 0, 1, 2])
        expect(fold.read(state, last, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
    fold.forget(state, 1);
    expect(
      [state.prior[1], ...state.after[1]!, ...state.after.map((row) => row[1])].every((n) => n === 0),
    ).toBe(true);
  });
});

describe("rowScaling()", () => {
  it("standardizes as two passes do, within bounds, and forgets slowly", () => {
    const scaling = rowScaling({ fading: 1, bound: 2 });
    const state = scaling.init(2);
    const rows = [1, 2, 3, 4, 50].map((v) => [v, 7]);
    const z = new Float64Array(2);
    scaling.write(state, rows[0]!, z);
    expect([...z]).toEqual([0, 0]);
    for (const row of rows) scaling.learn(state, row);
    scaling.write(state, [3, 8], z);
    const deviation = Math.sqrt([1, 2, 3, 4, 50].reduce((sum, v) => sum + (v - 12) ** 2, 0) / 5);
    expect(z[0]).toBeCloseTo((3 - 12) / deviation, 12);
    expect(z[1]).toBe(0);
    scaling.write(state, [1e9, 7], z);
    expect(z[0]).toBe(2);

    const fading = rowScaling({ fading: 0.9 });
    const moved = fading.init(1);
    for (let t = 0; t < 400; t++) fading.learn(moved, [t < 100 ? 0 : 1000 + (t % 2)]);
    const one = new Float64Array(1);
    fading.write(moved, [1001], one);
    expect(one[0]).toBeGreaterThan(0.5);
  });
});

describe("steadyMoments()", () => {
  it("counts what is far away as 10 deviations away, once it knows what is far", () => {
    const m = moments();
    for (let t = 0; t < 40; t++) steadyMoments(m, t % 2, 1);
    steadyMoments(m, 1e300, 1);
    expect(m.origin + m.shift).toBeCloseTo((20 + 0.5 + 10 * 0.5) / 41, 9);
    for (let t = 0; t < 3000; t++) steadyMoments(m, 1e6 + (t % 2), 1);
    expect(m.origin + m.shift).toBeGreaterThan(5e5);
  });
});

describe("targetScaling()", () => {
  it("brings values to mean 0 and deviation 1, and back", () => {
    const scaling = targetScaling({ fading: 1 });
    const state = scaling.init();
    expect(scaling.unscale(state, scaling.scale(state, 5))).toBe(5);
    for (const y of [1e6, 1e6 + 2, 1e6 + 4]) scaling.learn(state, y);
    expect(scaling.scale(state, 1e6 + 2)).toBe(0);
    expect(scaling.unscale(state, scaling.scale(state, 17))).toBeCloseTo(17, 6);
  });
});

describe("seenCrossentropy()", () => {
  it("is the crossentropy over the classes that were seen, with no gradient for the others", () => {
    const z = matrix([[1, -2, 0.5, 9]]);
    const loss = seenCrossentropy();
    const { value, grad } = loss(z, matrix([[0, 1, 0, -1]]));
    const total = Math.exp(1) + Math.exp(-2) + Math.exp(0.5);
    expect(value).toBeCloseTo(-Math.log(Math.exp(-2) / total), 6);
    expect(Array.from(grad.data)).toEqual(
      [Math.exp(1) / total, Math.exp(-2) / total - 1, Math.exp(0.5) / total, 0].map((g) =>
        expect.closeTo(g, 6),
      ),
    );
    expect(() => loss.check(matrix([[0, 0, 0, -1]]), 4)).toThrow("seenCrossentropy() expects one 1 a row");
  });

  it("deals a doubt out evenly", () => {
    const p = seenSoftmax([100, 0, 0], 2, 0.1);
    expect([...p]).toEqual([expect.closeTo(0.95, 12), expect.closeTo(0.05, 12), 0]);
  });
});
