import { type ExponentialWeightsOptions, exponentialWeights, type Random, random } from "rxgrad";
import { describe, expect, it } from "vitest";

const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);

/** Worlds of losses from 0 to 1, some of which know the weights and do their worst. */
const worlds: Readonly<
  Record<string, (r: Random, k: number, weights: readonly number[], t: number) => number[]>
> = {
  noise: (r, k) => Array.from({ length: k }, () => r.uniform()),
  "one that is best": (r, k) =>
    Array.from({ length: k }, (_, i) => (r.uniform() < 0.3 + 0.4 * Number(i > 0) ? 1 : 0)),
  "an adversary": (_, k, weights) => {
    const top = weights.indexOf(Math.max(...weights));
    return Array.from({ length: k }, (_, i) => Number(i === top));
  },
  turns: (_, k, __, t) => Array.from({ length: k }, (_, i) => Number(t % k === i)),
};

const run = (
  k: number,
  n: number,
  options: ExponentialWeightsOptions,
  world: (r: Random, k: number, weights: readonly number[], t: number) => number[],
  each: (t: number, lost: number, sums: readonly number[], losses: readonly number[]) => void,
  seed = 1,
) => {
  const fold = exponentialWeights(k, options);
  const r = random(seed);
  let state = fold.init();
  let lost = 0;
  let sums = new Array<number>(k).fill(0);
  for (let t = 1; t <= n; t++) {
    const { weights } = fold.read(state);
    expect(sum(weights)).toBeCloseTo(1, 10);
    const losses = world(r, k, weights, t);
    lost += sum(losses.map((loss, i) => weights[i]! * loss));
    sums = sums.map((s, i) => s + losses[i]!);
    state = fold.step(state, losses);
    each(t, lost, sums, losses);
  }
};

describe.each(Object.entries(worlds))("exponentialWeights() in a world of %s", (_, world) => {
  it.each([
    [2, 0.1],
    [5, 0.5],
    [20, 2],
  ])("of %i learners, with η = %d, stays within ln k / η + η·n/8 of the best, at every n", (k, eta) => {
    for (let seed = 1; seed <= 5; seed++)
      run(
        k,
        400,
        { eta },
        world,
        (t, lost, sums) => {
          expect(lost).toBeLessThanOrEqual(Math.min(...sums) + Math.log(k) / eta + (eta * t) / 8 + 1e-9);
        },
        seed,
      );
  });

  it.each([2, 5, 20])(
    "of %i learners stays within AdaHedge's bound, whatever the unit of the losses",
    (k) => {
      for (const range of [1e-6, 1, 1000])
        run(
          k,
          400,
          {},
          (...all) => world(...all).map((loss) => range * (loss - 0.5)),
          (t, lost, sums) => {
            const regret = (lost - Math.min(...sums)) / range;
            expect(regret).toBeLessThan(Math.sqrt(t * Math.log(k)) + (4 / 3) * Math.log(k) + 2);
          },
        );
    },
  );
});

it("exponentialWeights() with share stays near the best sequence of learners, which no single one is", () => {
  const [k, n, eta, share, switches] = [4, 800, 0.3, 0.005, 3];
  const best = (t: number) => Math.floor((t - 1) / (n / (switches + 1)));
  let sequence = 0;
  let end = { lost: 0, sums: [0] as readonly number[] };
  run(
    k,
    n,
    { eta, share },
    (r, _, __, t) => Array.from({ length: k }, (_, i) => (i === best(t) ? 0.2 : 0.8) * r.uniform()),
    (t, lost, sums, losses) => {
      sequence += losses[best(t)]!;
      end = { lost, sums };
    },
  );
  const m = switches;
  const bound =
    ((m + 1) * Math.log(k) - m * Math.log(share / k) - (n - m - 1) * Math.log(1 - share)) / eta +
    (eta * n) / 8;
  expect(end.lost).toBeLessThan(sequence + bound);
  expect(end.lost).toBeLessThan(0.6 * Math.min(...end.sums));
});

it("exponentialWeights() leaves a learner out whose loss is not finite, and the others share its weight", () => {
  const fold = exponentialWeights(3, { eta: 1 });
  let state = fold.step(fold.init(), [0.5, Number.NaN, 0.5]);
  expect(fold.read(state)).toEqual({ weights: [0.5, 0, 0.5], champion: 0, failed: [1] });
  state = fold.step(state, [1, 0, 0]);
  const { weights } = fold.read(state);
  expect(weights[2]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  expect(() => fold.step(state, [Number.NaN, 0, Number.POSITIVE_INFINITY])).toThrow(
    "a finite loss of at least one",
  );
  expect(fold.read(state).weights).toEqual(weights);
});

it("exponentialWeights() does not overflow, however large losses are", () => {
  for (const options of [{}, { eta: 5 }, { eta: 5, share: 0.01 }]) {
    const fold = exponentialWeights(2, options);
    let state = fold.init();
    for (let t = 0; t < 50; t++) state = fold.step(state, [1e300, -1e300]);
    const { weights } = fold.read(state);
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(weights[1]).toBeGreaterThan(0.98);
  }
});

it("exponentialWeights() refuses options and items by name", () => {
  expect(() => exponentialWeights(0)).toThrow("a whole number of at least 1 as count, got 0");
  expect(() => exponentialWeights(2, { eta: 0 })).toThrow(/as eta, got 0/);
  expect(() => exponentialWeights(2, { share: 0.1 })).toThrow("an eta beside share, got none");
  expect(() => exponentialWeights(2, { fading: 1.1 })).toThrow(/as fading, got 1.1/);
  expect(() => exponentialWeights(2, { rate: 1 } as never)).toThrow(
    "options named eta, share, fading, got rate",
  );
  const fold = exponentialWeights(2);
  expect(() => fold.step(fold.init(), [1])).toThrow("2 losses, one a learner, got 1");
});
