import {
  adam,
  type Batch,
  type Model,
  meanSquaredError,
  type PrequentialStep,
  prequential,
  rmse,
} from "rxgrad";
import { dashboard } from "rxgrad/dashboard";
import type { Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};
declare const m: Model;
declare const batches$: Observable<Batch>;

it("dashboard() passes steps on as what they are, and knows them in its options", () => {
  compiles(() => {
    const learning = prequential(m, {
      loss: meanSquaredError(),
      optimizer: adam(0.1),
      metrics: { rmse: rmse() },
    });
    const steps$ = batches$.pipe(
      learning,
      dashboard({
        model: m,
        series: ({ metrics }) => ({ error: metrics.rmse }),
        learningRate: ({ id }) => 0.1 / (1 + id),
        rows: ({ size }) => size,
      }),
    );
    expectTypeOf(steps$).toExtend<Observable<PrequentialStep<{ readonly rmse: ReturnType<typeof rmse> }>>>();
    // @ts-expect-error a step has no such field
    batches$.pipe(learning, dashboard({ rows: ({ rows }) => rows }));
    // @ts-expect-error texts are no series
    batches$.pipe(learning, dashboard({ series: () => ({ error: "large" }) }));
  });
});
