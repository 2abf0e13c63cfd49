import fc from "fast-check";
import { of } from "rxjs";
import { expect, test } from "vitest";
import { maxAbsScaler } from "../../src/folds/maxAbsScaler.ts";
import { scaler } from "../../src/folds/scaler.ts";
import { model } from "../../src/graph/model.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { zeroInit } from "../../src/math/initializers.ts";
import { random } from "../../src/math/random.ts";
import { vector } from "../../src/math/vector.ts";
import { adagrad } from "../../src/optimizers/adagrad.ts";
import { cocob } from "../../src/optimizers/cocob.ts";
import { dog } from "../../src/optimizers/dog.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { prequential } from "../../src/streams/prequential.ts";
import type { Sample } from "../../src/streams/sample.ts";
import { standardize } from "../../src/streams/standardize.ts";

/** Σ aᵢ·(wᵢ − 1)², times `scale` of all, or of one weight each. */
const descendOn = (rule: Rule, scales: readonly number[]): number[] => {
  const w = vector([0, 3, -1]);
  const state = rule.init(w);
  const dice = random(4);
  for (let t = 0; t < 200; t++) {
    const g = vector(scales.map((scale, i) => scale * (w.data[i]! - 1 + 0.1 * dice.normal())));
    const { data } = rule.update(g, state, w);
    for (let i = 0; i < 3; i++) w.data[i]! -= data[i]!;
  }
  return [...w.data];
};

const expectClose = (a: readonly number[], b: readonly number[], digits: number): void => {
  expect(a).toHaveLength(b.length);
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, digits);
};

const scales = fc.tuple(
  ...[0, 1, 2].map(() => fc.double({ min: -6, max: 6, noNaN: true }).map((e) => 10 ** e)),
);

test("cocob() goes the same way when the gradients of any weight are multiplied by a number", () => {
  const plain = descendOn(cocob(), [1, 1, 1]);
  fc.assert(fc.property(scales, (s) => expectClose(descendOn(cocob(), s), plain, 8)));
});

test("dog() goes the same way when the loss is multiplied by a number", () => {
  const plain = descendOn(dog({ epsilon: 0 }), [1, 1, 1]);
  fc.assert(
    fc.property(scales, ([s]) => expectClose(descendOn(dog({ epsilon: 0 }), [s!, s!, s!]), plain, 8)),
  );
  expectClose(descendOn(dog(), [1000, 1000, 1000]), plain, 4); // ε is all that is left of a scale
});

test("sgd(), in contrast, goes another way", () => {
  expect(
    Math.abs(descendOn(sgd(0.1), [1, 1, 1])[1]! - descendOn(sgd(0.1), [0.01, 1, 1])[0]!),
  ).toBeGreaterThan(0.1);
});

// Inputs on any scale: the s of normalized online learning is a scaler, and the rest of it a rule.

const targetOf = (x: readonly number[]): number => 2 * x[0]! - x[1]! + 0.5 * x[2]! + 1;

const samplesOf = (count: number, draw: (i: number) => number): Sample[] => {
  const dice = random(9);
  return Array.from({ length: count }, (_, i) => {
    const x = [0, 1, 2].map(() => draw(i) * (2 * dice.uniform() - 1));
    return { x, y: targetOf(x) + 0.1 * dice.normal() };
  });
};

/** What is predicted for each sample before it is learned, when column j comes times scales[j]. */
const predictionsOf = (samples: readonly Sample[], scales: readonly number[]): number[] => {
  const net = model(dense(3, 1, { init: zeroInit() }), { precision: "float64" });
  const out: number[] = [];
  of(...samples.map(({ x, y }) => ({ x: scales.map((s, j) => s * x[j]!), y })))
    .pipe(
      standardize({ inputs: scaler(maxAbsScaler()) }),
      minibatch(1),
      prequential(net, { loss: meanSquaredError(), optimizer: adagrad(0.5) }),
    )
    .subscribe(({ prediction }) => out.push(prediction.data[0]!));
  net.dispose();
  return out;
};

test("maxAbsScaler() and adagrad() predict the same whatever the scales of the inputs are", () => {
  const samples = samplesOf(400, (i) => 1 + Math.min(i, 50) / 25); // with new maxima on the way
  const plain = predictionsOf(samples, [1, 1, 1]);
  fc.assert(
    fc.property(scales, (s) => expectClose(predictionsOf(samples, s), plain, 6)),
    { numRuns: 10 },
  );
  expectClose(predictionsOf(samples, [1000, 1, 0.001]), plain, 6);
  const late = samples.slice(-50).map(({ y }, i) => Math.abs((y as number) - plain.at(i - 50)!));
  expect(Math.max(...late)).toBeLessThan(0.8); // of a noise of 0.1 and values of up to 11.5
});

/** Normalized adaptive gradient (Ross, Mineiro & Langford, 2013, Algorithm 3), by the letter, for half the squared error. */
const nag = (
  samples: readonly { readonly x: readonly number[]; readonly y: number }[],
  η: number,
): number[] => {
  const k = samples[0]!.x.length;
  const [w, s, G] = [0, 1, 2].map(() => new Array<number>(k).fill(0)) as [number[], number[], number[]];
  let N = 0;
  return samples.map(({ x, y }, i) => {
    for (let j = 0; j < k; j++) {
      const size = Math.abs(x[j]!);
      if (size > s[j]!) {
        w[j]! *= s[j]! / size;
        s[j] = size;
      }
    }
    const p = x.reduce((sum, xj, j) => sum + w[j]! * xj, 0);
    N += x.reduce((sum, xj, j) => sum + (xj / s[j]!) ** 2, 0);
    x.forEach((xj, j) => {
      const g = (p - y) * xj;
      G[j]! += g * g;
      w[j]! -= (η * Math.sqrt((i + 1) / N) * g) / (s[j]! * Math.sqrt(G[j]!));
    });
    return p;
  });
};

test("maxAbsScaler() and adagrad() are normalized adaptive gradient, where inputs are as large as they ever were", () => {
  const dice = random(3);
  const samples = Array.from({ length: 100 }, () => {
    const x = [1000, 1, 0.01].map((s) => (dice.uniform() < 0.5 ? s : -s));
    return { x, y: targetOf([x[0]! / 1000, x[1]!, 100 * x[2]!]) + dice.normal() };
  });
  const net = model(dense(3, 1, { init: zeroInit(), bias: false }), { precision: "float64" });
  const out: number[] = [];
  of(...samples)
    .pipe(
      standardize({ inputs: scaler(maxAbsScaler()) }),
      minibatch(1),
      prequential(net, { loss: meanSquaredError(), optimizer: adagrad(0.5 / Math.sqrt(3)) }), // √(t/N) is 1 / √3 here
    )
    .subscribe(({ prediction }) => out.push(prediction.data[0]!));
  expectClose(out, nag(samples, 0.5), 8);
});
