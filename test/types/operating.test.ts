import { Registry } from "prom-client";
import {
  accuracy,
  type Batch,
  dense,
  meanSquaredError,
  model,
  type PrequentialStep,
  prequential,
  type Step,
  sgd,
  train,
} from "rxgrad";
import { logTo } from "rxgrad/pino";
import { prometheus } from "rxgrad/prometheus";
import { EMPTY, type Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

const net = model(dense(1, 1));
const options = { loss: meanSquaredError(), optimizer: sgd(0.1) };
const batches$: Observable<Batch> = EMPTY;
const silent = () => {};
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

it("steps(), learning() and predictions() leave the type of what passes as it is", () => {
  const watch = prometheus({ registry: new Registry() });
  const metrics = { right: accuracy() };
  expectTypeOf(batches$.pipe(train(net, options), watch.steps())).toEqualTypeOf<Observable<Step>>();
  expectTypeOf(batches$.pipe(watch.learning(prequential(net, { ...options, metrics })))).toEqualTypeOf<
    Observable<PrequentialStep<typeof metrics>>
  >();
  expectTypeOf(batches$.pipe(train(net, options), logTo(logger).steps())).toEqualTypeOf<Observable<Step>>();
});

it("steps({ metrics }) knows what the step has", () => {
  const watch = prometheus({ registry: new Registry() });
  batches$.pipe(train(net, options), watch.steps({ metrics: ({ loss }) => ({ loss }) }));
  // @ts-expect-error: a step of train has no prediction unless asked for
  batches$.pipe(train(net, options), watch.steps({ metrics: ({ prediction }) => ({ prediction }) }));
});

it("prometheus() takes no option that it does not know", () => {
  // @ts-expect-error: it is registry
  const wrong = () => prometheus({ register: new Registry() });
  expectTypeOf(wrong).toBeFunction();
});
