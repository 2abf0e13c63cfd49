import { map, type Observable, type OperatorFunction, of, pipe } from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { accuracy } from "../../src/folds/accuracy.ts";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import { rolling } from "../../src/folds/rolling.ts";
import { type Spread, variance } from "../../src/folds/variance.ts";
import { type Matrix, matrix } from "../../src/math/matrix.ts";
import { fold } from "../../src/streams/fold.ts";
import { withFolds } from "../../src/streams/withFolds.ts";

interface Step {
  readonly id: number;
  readonly loss: number;
  readonly prediction: Matrix;
  readonly target: Matrix;
}

const steps$ = of<Step[]>(
  { id: 0, loss: 2, prediction: matrix([[0.9]]), target: matrix([[1]]) },
  { id: 1, loss: 4, prediction: matrix([[0.8]]), target: matrix([[0]]) },
);
type Emitted<O> = O extends Observable<infer Item> ? Item : never;

const gather = <Item>(stream$: Observable<Item>): { items: Item[]; error?: string } => {
  const seen: { items: Item[]; error?: string } = { items: [] };
  stream$.subscribe({
    next: (item) => seen.items.push(item),
    error: (error) => {
      seen.error = error.message;
    },
  });
  return seen;
};

test("withFolds() emits new items that have the readings beside their fields", () => {
  const { items } = gather(
    steps$.pipe(withFolds({ accuracy: accuracy(), mean: over((step) => step.loss, mean()) })),
  );
  expect(items.map(({ id, loss, accuracy: a, mean: m }) => [id, loss, a, m])).toEqual([
    [0, 2, 1, 2],
    [1, 4, 0.5, 3],
  ]);
  expect(items[0]!.prediction).toBe(gather(steps$).items[0]!.prediction);
});

test("withFolds() is an error on a field that is there already, and on what is no object", () => {
  const named = withFolds({ loss: mean() }) as unknown as OperatorFunction<unknown, unknown>;
  expect(gather(steps$.pipe(named)).error).toBe(
    "withFolds() expects names that the items do not have, got loss",
  );
  expect(gather(of(3).pipe(named)).error).toBe("withFolds() expects objects as items, got 3");
});

test("withFolds() passes what a fold throws", () => {
  const wrong = { ...gather(steps$).items[0]!, target: matrix([[1], [2]]) };
  expect(gather(of(wrong).pipe(withFolds({ accuracy: accuracy() }))).error).toContain(
    "accuracy() expects 1 rows",
  );
});

test("withFolds() infers items and readings, in a pipe and outside of one", () => {
  const inside$ = steps$.pipe(
    withFolds({ accuracy: rolling(10, accuracy()), spread: over((step) => step.loss, variance()) }),
  );
  type Full = Step & { readonly accuracy: number; readonly spread: Spread };
  expectTypeOf<Emitted<typeof inside$>>().toEqualTypeOf<Full>();

  const apart = withFolds({
    accuracy: accuracy(),
    spread: over((step: { loss: number }) => step.loss, variance()),
  });
  const outside$ = steps$.pipe(apart);
  expectTypeOf<Emitted<typeof outside$>>().toEqualTypeOf<Full>();

  const composed$ = steps$.pipe(
    pipe(
      withFolds({ accuracy: accuracy() }),
      map((step) => step.accuracy + step.id),
    ),
  );
  expectTypeOf<Emitted<typeof composed$>>().toEqualTypeOf<number>();

  const typed: OperatorFunction<Step, Step & { readonly accuracy: number }> = withFolds({
    accuracy: accuracy(),
  });
  expect(gather(steps$.pipe(typed)).items).toHaveLength(2);
});

test("withFolds() and fold() do not compile over items that lack what a fold needs", () => {
  // @ts-expect-error no prediction, no target
  of({ id: 1 }).pipe(withFolds({ accuracy: accuracy() }));
  // @ts-expect-error no target
  of({ prediction: matrix([[1]]) }).pipe(withFolds({ accuracy: accuracy() }));
  // @ts-expect-error nothing at all
  of({}).pipe(withFolds({ accuracy: accuracy() }));
  // @ts-expect-error steps have a loss already
  steps$.pipe(withFolds({ loss: accuracy() }));
  // @ts-expect-error text is no number
  of("text").pipe(fold(mean()));
  // @ts-expect-error nothing at all
  of({}).pipe(fold(accuracy()));
  const mean$ = steps$.pipe(fold(over((step) => step.loss, mean())));
  expectTypeOf<Emitted<typeof mean$>>().toEqualTypeOf<number>();
});
