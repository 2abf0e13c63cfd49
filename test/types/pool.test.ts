import {
  accuracy,
  type Batch,
  binaryCrossentropy,
  type Combined,
  champion,
  exponentialWeights,
  grid,
  type Hedge,
  hedge,
  hedged,
  type Loss,
  type Matrix,
  type Model,
  meanSquaredError,
  model,
  pool,
  poolLearner,
  sgd,
} from "rxgrad";
import type { Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};
declare const m: Model;
declare const batches$: Observable<Batch>;
const loss = meanSquaredError();
const optimizer = sgd(0.1);

it("hedge() is a plan that says how many heads it has", () => {
  compiles(() => {
    const plan = hedge(3, 1, { hidden: { depth: 4, width: 8 }, output: "sigmoid" });
    expectTypeOf(plan).toEqualTypeOf<Hedge>();
    expectTypeOf(hedged(binaryCrossentropy(), plan)).toEqualTypeOf<Loss>();
    model(plan);
    // @ts-expect-error without hidden layers there is nothing to weigh
    hedge(3, 1, {});
    // @ts-expect-error a depth without a width
    hedge(3, 1, { hidden: { depth: 4 } });
    // @ts-expect-error heads give values, yes or no, or classes
    hedge(3, 1, { hidden: [8], output: "relu" });
    // @ts-expect-error a misspelt option
    hedge(3, 1, { hidden: [8], smoothness: 0.1 });
    // @ts-expect-error a loss has to know the heads
    hedged(loss);
    // @ts-expect-error and the width of each
    hedged(loss, { heads: 3 });
  });
});

it("pool() knows its learners by name, and its metrics", () => {
  compiles(() => {
    const operator = pool(
      [
        { name: "slow", model: m, optimizer },
        { name: "fast", model: m, optimizer, loss },
      ],
      { loss, combine: champion, metrics: { accuracy: accuracy() } },
    );
    batches$.pipe(operator).subscribe((step) => {
      expectTypeOf(step.champion).toEqualTypeOf<"slow" | "fast">();
      expectTypeOf(step.weights.slow).toEqualTypeOf<number>();
      expectTypeOf(step.prediction).toEqualTypeOf<Matrix>();
      expectTypeOf(step.metrics.accuracy).toEqualTypeOf<number>();
      // @ts-expect-error nobody has this name
      step.losses.third;
    });
    // @ts-expect-error predictions are scored by a loss
    pool([{ name: "a", model: m, optimizer }], {});
    // @ts-expect-error a learner needs an optimizer
    pool([{ name: "a", model: m }], { loss });
    // @ts-expect-error a learner needs a name
    pool([{ model: m, optimizer }], { loss });
    // @ts-expect-error combine makes a fold over losses
    pool([{ name: "a", model: m, optimizer }], { loss, combine: () => accuracy() });
    // @ts-expect-error a margin is the champion's
    exponentialWeights(2, { margin: 0.1 });
    // @ts-expect-error a rate is that of weights
    champion(2, { eta: 0.1 });
  });
});

it("poolLearner() and grid() keep their types", () => {
  compiles(() => {
    const candidates = grid({ rate: [0.1, 0.01], activation: ["relu", "tanh"] }, ({ rate, activation }) => {
      expectTypeOf(rate).toEqualTypeOf<0.1 | 0.01>();
      expectTypeOf(activation).toEqualTypeOf<"relu" | "tanh">();
      return { model: m, optimizer: sgd(rate) };
    });
    const own = poolLearner(candidates, { loss });
    expectTypeOf(own.predict([1])).toEqualTypeOf<number[]>();
    expectTypeOf(own.combined()).toEqualTypeOf<Combined>();
    // @ts-expect-error grid gives the name
    grid({ rate: [0.1] }, () => ({ name: "mine", optimizer }));
    // @ts-expect-error a learner reads no metrics
    poolLearner(candidates, { loss, metrics: {} });
  });
});
