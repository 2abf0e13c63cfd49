import {
  accuracy,
  type Batch,
  type Contestant,
  confusionMatrix,
  fading,
  type Matrix,
  type Model,
  meanSquaredError,
  type Promotion,
  promote,
  type ShadowStep,
  serving,
  shadow,
  withFolds,
} from "rxgrad";
import { map, type Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};
declare const m: Model;
declare const batches$: Observable<Batch>;
declare const one: Contestant;
const metric = fading(0.99, accuracy());

it("serving() takes learners and a metric that is a number", () => {
  compiles(() => {
    const service = serving({ champion: one, challenger: one, metric });
    expectTypeOf(service.predict([1]).prediction).toEqualTypeOf<Matrix>();
    expectTypeOf(service.predict([1]).version).toEqualTypeOf<number>();
    // @ts-expect-error a learner needs an optimizer
    serving({ champion: { model: m, loss: meanSquaredError() }, challenger: one, metric });
    // @ts-expect-error without a metric nobody is better
    serving({ champion: one, challenger: one });
    // @ts-expect-error a matrix is not better than another
    serving({ champion: one, challenger: one, metric: confusionMatrix(2) });
    // @ts-expect-error the version is the service's to count
    service.version = 1;
  });
});

it("shadow() and promote() infer their steps in a pipe", () => {
  compiles(() => {
    const service = serving({ champion: one, challenger: one, metric });
    const steps$ = batches$.pipe(shadow(service));
    expectTypeOf(steps$).toEqualTypeOf<Observable<ShadowStep>>();
    const promoted$ = steps$.pipe(
      map((step) => ({ ...step, at: 1 })),
      promote(service, { margin: 0.1, better: "higher" }),
    );
    promoted$.subscribe((step) => {
      expectTypeOf(step.promotion).toEqualTypeOf<Promotion>();
      expectTypeOf(step.at).toEqualTypeOf<number>();
      expectTypeOf(step.scores.challenger).toEqualTypeOf<number>();
    });
    batches$.pipe(shadow(service), promote(service), withFolds({ accuracy: accuracy() }));
    // @ts-expect-error batches have no scores yet
    batches$.pipe(promote(service));
    // @ts-expect-error a misspelt option
    promote(service, { patients: 3 });
    // @ts-expect-error better is lower or higher
    promote(service, { better: "more" });
  });
});
