import {
  concat,
  EMPTY,
  from,
  materialize,
  NEVER,
  type Observable,
  type ObservableNotification,
  type OperatorFunction,
  Subject,
  take,
  throwError,
} from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** An operator, and what it should do with items: a naive function from all items to all that comes out. */
export interface OperatorLaw<In, Out> {
  readonly operator: () => OperatorFunction<In, Out>;
  /** Two or more; repeated without end, they bring out two or more. */
  readonly items: readonly In[];
  /** What comes out of these items when the source completes; `expect.anything()` and its like will do. */
  readonly expected: (items: readonly In[]) => readonly unknown[];
  /** What has come out of these items when the source fails instead: the same, unless told otherwise. */
  readonly beforeError?: (items: readonly In[]) => readonly unknown[];
  /** Why two subscriptions see each other, for an operator on state that somebody else holds. */
  readonly sharesState?: string;
}

/** The laws of every stream operator. Time is virtual. */
export const operatorLaws = <In, Out>(
  name: string,
  { operator, items, expected, beforeError = expected, sharesState }: OperatorLaw<In, Out>,
): void => {
  describe(`${name} obeys the laws of operators:`, () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      expect(vi.getTimerCount(), "timers left").toBe(0);
      vi.useRealTimers();
    });

    test("never: nothing comes out, and nothing is left", () => {
      const seen = watch(NEVER.pipe(operator()));
      vi.advanceTimersByTime(1e6);
      expect(seen.all).toEqual([]);
      seen.stop();
    });

    test("empty: completes", () => {
      expect(watch(EMPTY.pipe(operator())).all).toEqual(completed(expected([])));
    });

    test("one and many", () => {
      const one = items.slice(0, 1);
      expect(watch(from(one).pipe(operator())).all).toEqual(completed(expected(one)));
      expect(watch(from(items).pipe(operator())).all).toEqual(completed(expected(items)));
    });

    test("error: passes, after what had come out", () => {
      const error = new Error("the source broke");
      const source$ = concat(
        from(items),
        throwError(() => error),
      );
      const out = beforeError(items).map((value) => ({ kind: "N", value }));
      expect(watch(source$.pipe(operator())).all).toEqual([...out, { kind: "E", error }]);
    });

    test("endless: a synchronous source stops when nobody wants more", () => {
      let closed = false;
      const endless = function* () {
        try {
          for (let round = 0; round < 1000; round++) yield* items;
          throw new Error("the source was not stopped");
        } finally {
          closed = true;
        }
      };
      expect(watch(from(endless()).pipe(operator(), take(2))).all).toHaveLength(3);
      expect(closed).toBe(true);
    });

    test("early unsubscribe: lets go of the source at once", () => {
      const source$ = new Subject<In>();
      const seen = watch(source$.pipe(operator()));
      for (const item of items.slice(0, -1)) source$.next(item);
      const before = seen.all.length;
      seen.stop();
      expect(source$.observed).toBe(false);
      vi.advanceTimersByTime(1e6);
      expect(seen.all).toHaveLength(before);
    });

    test("unsubscribe from within: nothing comes out afterwards", () => {
      const source$ = new Subject<In>();
      const seen = watch(source$.pipe(operator(), take(1)));
      for (const item of items) source$.next(item);
      source$.complete();
      expect(seen.all.length).toBeLessThanOrEqual(2);
      expect(source$.observed).toBe(false);
    });

    if (!sharesState)
      test("one operator, many subscriptions: each has a state of its own", () => {
        const lifted = operator();
        expect(watch(from(items).pipe(lifted)).all).toEqual(completed(expected(items)));
        const sources = [new Subject<In>(), new Subject<In>()];
        const seen = sources.map((source$) => watch(source$.pipe(lifted)));
        for (const item of items) for (const source$ of sources) source$.next(item);
        for (const source$ of sources) source$.complete();
        for (const { all } of seen) expect(all).toEqual(completed(expected(items)));
      });
  });
};

interface Seen {
  readonly all: ObservableNotification<unknown>[];
  stop(): void;
}

const watch = (stream$: Observable<unknown>): Seen => {
  const all: ObservableNotification<unknown>[] = [];
  const subscription = stream$.pipe(materialize()).subscribe(({ kind, value, error }) => {
    all.push(kind === "N" ? { kind, value } : kind === "E" ? { kind, error } : { kind });
  });
  return { all, stop: () => subscription.unsubscribe() };
};

const completed = (values: readonly unknown[]): unknown[] => [
  ...values.map((value) => ({ kind: "N", value })),
  { kind: "C" },
];
