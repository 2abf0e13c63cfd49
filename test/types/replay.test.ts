import {
  type Batch,
  chain,
  dense,
  meanSquaredError,
  model,
  type PrequentialStep,
  prequential,
  prioritized,
  replay,
  reservoir,
  rmse,
  type ScoredStep,
  sgd,
  train,
} from "rxgrad";
import type { OperatorFunction } from "rxjs";
import { expectTypeOf, test } from "vitest";

const net = model(chain(dense(2, 1)), { seed: 1 });
const options = { loss: meanSquaredError(), optimizer: sgd(0.1) };

test("replay() has the steps of what learns", () => {
  const scored = replay(reservoir(9), train(net, { ...options, predictions: true }));
  expectTypeOf(scored).toEqualTypeOf<OperatorFunction<Batch, ScoredStep>>();
  const metrics = { rmse: rmse() };
  const measured = replay(reservoir(9), prequential(net, { ...options, metrics }), { mix: 2 });
  expectTypeOf(measured).toEqualTypeOf<OperatorFunction<Batch, PrequentialStep<typeof metrics>>>();
});

test("replay() wants predictions, and a loss where the memory goes by it", () => {
  // @ts-expect-error: steps without predictions
  expectTypeOf(() => replay(reservoir(9), train(net, options))).toBeFunction();
  const learn = prequential(net, options);
  expectTypeOf(() => replay(prioritized(reservoir(9)), learn, { loss: meanSquaredError() })).toBeFunction();
  // @ts-expect-error: no loss
  expectTypeOf(() => replay(prioritized(reservoir(9)), learn)).toBeFunction();
  // @ts-expect-error: no loss among the options
  expectTypeOf(() => replay(prioritized(reservoir(9)), learn, { mix: 1 })).toBeFunction();
});
