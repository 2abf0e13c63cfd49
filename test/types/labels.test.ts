import {
  type DelayedStep,
  delayedPrequential,
  joinLabels,
  joinLabelsWith,
  type Labelled,
  type Model,
  mae,
  meanSquaredError,
  type Sample,
  type SparseSample,
  sgd,
} from "rxgrad";
import { map, type Observable } from "rxjs";
import { expectTypeOf, it } from "vitest";

/** Checked by the compiler; running it would be beside the point. */
const compiles = (_: () => void): void => {};

interface Payment {
  readonly id: string;
  readonly x: readonly number[];
}
interface Chargeback {
  readonly payment: string;
  readonly fraud: boolean;
}
declare const payments$: Observable<Payment>;
declare const chargebacks$: Observable<Chargeback>;
declare const net: Model;
declare const samples$: Observable<Sample & { readonly at: number }>;
declare const wide$: Observable<SparseSample & { readonly at: number }>;
const learning = { loss: meanSquaredError(), optimizer: sgd(0.1) };

it("joinLabels() infers both streams, and wants a key of each", () => {
  compiles(() => {
    const key = { item: ({ id }: Payment) => id, label: ({ payment }: Chargeback) => payment };
    expectTypeOf(joinLabels(payments$, chargebacks$, { key })).toEqualTypeOf<
      Observable<Labelled<Payment, Chargeback>>
    >();
    joinLabels(payments$, chargebacks$, {
      key: { item: ({ id }) => id, label: ({ payment }) => payment },
      onExpired: ({ id }) => ({ payment: id, fraud: false }),
    });
    joinLabels(payments$, payments$, { key: ({ id }) => id });
    // @ts-expect-error no key
    joinLabels(payments$, chargebacks$, {});
    // @ts-expect-error chargebacks have no id
    joinLabels(payments$, chargebacks$, { key: ({ id }) => id });
    // @ts-expect-error no label of this stream
    joinLabels(payments$, chargebacks$, { key, onExpired: () => 0 });
  });
});

it("joinLabelsWith() infers the predictions from its pipe", () => {
  compiles(() => {
    const seen$ = payments$.pipe(
      joinLabelsWith(chargebacks$, { key: { item: ({ id }) => id, label: ({ payment }) => payment } }),
      map(({ item, label }) => ({ x: item.x, y: label.fraud ? 1 : 0 })),
    );
    expectTypeOf(seen$).toEqualTypeOf<Observable<{ x: readonly number[]; y: number }>>();
  });
});

it("delayedPrequential() infers items and readings, and wants a sample of what is none", () => {
  compiles(() => {
    const options = { ...learning, metrics: { mae: mae() } };
    const steps$ = samples$.pipe(delayedPrequential(net, { ...options, moment: ({ at }) => at, delay: 3 }));
    expectTypeOf(steps$.pipe(map(({ metrics }) => metrics.mae))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(steps$.pipe(map(({ item }) => item.at))).toEqualTypeOf<Observable<number>>();
    expectTypeOf<DelayedStep<Payment, Record<never, never>>["item"]>().toEqualTypeOf<Payment>();
    chargebacks$.pipe(
      delayedPrequential(net, {
        ...learning,
        moment: () => 0,
        delay: ({ fraud }) => (fraud ? 30 : 45),
        sample: ({ fraud }) => ({ x: [1], y: fraud ? 1 : 0 }),
      }),
      map(({ item }) => item.payment),
    );
    const wide = wide$.pipe(delayedPrequential(net, { ...options, moment: ({ at }) => at, delay: 3 }));
    expectTypeOf(wide.pipe(map(({ item }) => item.at))).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error a chargeback is no sample
    chargebacks$.pipe(delayedPrequential(net, { ...learning, moment: () => 0, delay: 1 }));
    // @ts-expect-error nothing says when
    samples$.pipe(delayedPrequential(net, { ...learning, delay: 1 }));
  });
});
