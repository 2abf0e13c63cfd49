import {
  backpressure,
  divergence,
  fold,
  fromPull,
  type Guarded,
  guard,
  type Load,
  learner,
  type Model,
  meanSquaredError,
  minibatch,
  prequential,
  quarantine,
  type Rejection,
  type Sample,
  type SparseSample,
  sgd,
  train,
} from "rxgrad";
import { map, type Observable, Subject } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};

declare const net: Model;
declare const samples$: Observable<Sample>;
declare const events: AsyncIterable<{ readonly id: string }>;
const learning = { loss: meanSquaredError(), optimizer: sgd(0.1) };

it("guard() shows on the steps of train, prequential and learner, and on what was rejected", () => {
  compiles(() => {
    const guarded = { ...learning, guard: guard({ policy: "lowerRate", rate: 0.1 }) };
    const steps$ = samples$.pipe(minibatch(8), train(net, guarded));
    expectTypeOf(steps$.pipe(map((step) => step.guard))).toEqualTypeOf<Observable<Guarded | undefined>>();
    const scored$ = samples$.pipe(minibatch(8), prequential(net, guarded));
    expectTypeOf(scored$.pipe(map((step) => step.guard?.limit))).toEqualTypeOf<
      Observable<number | undefined>
    >();
    expectTypeOf(learner(net, guarded).learnOne([1], 1).guard).toEqualTypeOf<Guarded | undefined>();
    expectTypeOf<Rejection["action"]>().toEqualTypeOf<
      "skipped" | "rolledBack" | "rateLowered" | "stopped" | undefined
    >();
    // @ts-expect-error no such policy
    guard({ policy: "rollback" });
    // @ts-expect-error a guard is made by a call
    train(net, { ...learning, guard });
  });
});

it("divergence() is a fold over losses", () => {
  compiles(() => {
    const losses$ = new Subject<number>();
    expectTypeOf(
      losses$.pipe(
        fold(divergence()),
        map(({ limit }) => limit),
      ),
    ).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error steps are no losses
    samples$.pipe(fold(divergence()));
  });
});

it("quarantine() takes what encode and minibatch refuse, whatever it is", () => {
  compiles(() => {
    const bad = quarantine({ keep: 5 });
    minibatch(8, { onInvalid: "skip", rejected: bad.put, for: { model: net, loss: learning.loss } });
    expectTypeOf(bad.refused$.pipe(map(({ item }) => item))).toEqualTypeOf<Observable<unknown>>();
    bad.watch(net).unsubscribe();
    // @ts-expect-error "drop" is no way to treat a sample
    minibatch(8, { onInvalid: "drop" });
  });
});

it("fromPull() and backpressure() pass the type of items on", () => {
  compiles(() => {
    expectTypeOf(fromPull(events, { ahead: 4 })).toEqualTypeOf<Observable<{ readonly id: string }>>();
    expectTypeOf(fromPull((_signal) => events)).toEqualTypeOf<Observable<{ readonly id: string }>>();
    const bounded$ = samples$.pipe(
      backpressure({
        capacity: 10,
        overflow: "sample",
        dropped: (sample) => expectTypeOf(sample).toEqualTypeOf<Sample>(),
        load: (load) => expectTypeOf(load).toEqualTypeOf<Load>(),
      }),
    );
    expectTypeOf(bounded$).toEqualTypeOf<Observable<Sample>>();
    const sparse$ = new Subject<SparseSample>();
    sparse$.pipe(backpressure({ capacity: 10, overflow: "error" }), minibatch(8), train(net, learning));
    // @ts-expect-error there is no such way out
    backpressure({ capacity: 10, overflow: "drop" });
    // @ts-expect-error an Observable pushes
    fromPull(samples$);
  });
});
