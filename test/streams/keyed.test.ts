import {
  concatMap,
  delay,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  Subject,
  scan,
  startWith,
  take,
  throwError,
  toArray,
} from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { expect, expectTypeOf, test } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import { perKey } from "../../src/folds/perKey.ts";
import { random } from "../../src/math/random.ts";
import { fold } from "../../src/streams/fold.ts";
import { keyed } from "../../src/streams/keyed.ts";
import { operatorLaws } from "../laws/operator.ts";

interface Event {
  readonly key: string;
  readonly value: number;
  readonly at: number;
}

const event = (key: string, value: number, at = value): Event => ({ key, value, at });
const events = [event("a", 1), event("b", 2), event("a", 3), event("c", 4), event("b", 5), event("a", 6)];
const byKey = ({ key }: Event) => key;
const sums = (e$: Observable<Event>, key: string) =>
  e$.pipe(
    scan((sum, { value }) => sum + value, 0),
    map((sum) => `${key}${sum}`),
  );
const gathered = (e$: Observable<Event>, key: string) =>
  e$.pipe(
    toArray(),
    map((all) => `${key}:${all.map(({ value }) => value).join()}`),
  );

const gather = <Item>(stream$: Observable<Item>): { items: Item[]; end?: string } => {
  const seen: { items: Item[]; end?: string } = { items: [] };
  stream$.subscribe({
    next: (item) => seen.items.push(item),
    error: (error) => {
      seen.end = error.message;
    },
    complete: () => {
      seen.end = "complete";
    },
  });
  return seen;
};

operatorLaws("keyed(key, project)", {
  operator: () => keyed(byKey, sums),
  items: events,
  expected: (all) =>
    all.map(({ key }, i) => {
      const own = all.slice(0, i + 1).filter((e) => e.key === key);
      return `${key}${own.reduce((sum, { value }) => sum + value, 0)}`;
    }),
});
operatorLaws("keyed(key, toArray, { maxKeys: 1 })", {
  operator: () => keyed(byKey, gathered, { maxKeys: 1 }),
  items: events,
  expected: (all) => all.map(({ key, value }) => `${key}:${value}`),
  beforeError: (all) => all.slice(0, -1).map(({ key, value }) => `${key}:${value}`),
});

test("keyed() evicts the key used longest ago, and starts it anew when it comes back", () => {
  const gone: string[] = [];
  const { items } = gather(
    from(events).pipe(keyed(byKey, gathered, { maxKeys: 2, onEvict: (key) => gone.push(key) })),
  );
  expect(gone).toEqual(["b", "a", "c"]);
  expect(items).toEqual(["b:2", "a:1,3", "c:4", "b:5", "a:6"]);
});

test("keyed() evicts idle keys by event time, and never turns the clock back", () => {
  const late = [event("a", 1, 0), event("b", 2, 10), event("a", 3, 4), event("b", 4, 19), event("c", 5, 20)];
  const { items } = gather(from(late).pipe(keyed(byKey, gathered, { idle: 10, moment: ({ at }) => at })));
  expect(items).toEqual(["a:1", "a:3", "b:2,4", "c:5"]);
});

test("keyed() without a clock counts the items of others", () => {
  const turns = ["a", "b", "a", "b", "c", "a"].map((key, i) => event(key, i));
  expect(gather(from(turns).pipe(keyed(byKey, gathered, { idle: 2 }))).items).toEqual([
    "a:0,2",
    "b:1,3",
    "c:4",
    "a:5",
  ]);
});

test("keyed() evicts by a scheduler when the time has come, with one timer", () => {
  const time = new TestScheduler((a, b) => expect(a).toEqual(b));
  time.run(({ hot, expectObservable }) => {
    const keys$ = hot(" a-b-a-------c---b|");
    const values: Record<string, string> = { a: "a:2", b: "b:1", c: "c:1" };
    const counted = (k$: Observable<string>, key: string) =>
      k$.pipe(
        toArray(),
        map((all) => `${key}:${all.length}`),
      );
    expectObservable(keys$.pipe(keyed((k) => k, counted, { idle: 5, scheduler: time }))).toBe(
      "-------b-a-------(cb|)",
      values,
    );
  });
});

test("keyed() equals perKey() on random streams", async () => {
  const rng = random(3);
  const all = Array.from({ length: 3000 }, (_, i) =>
    event(`k${rng.below(40)}`, rng.normal(), i + rng.below(20)),
  );
  const moment = ({ at }: Event) => at;
  for (const options of [{ maxKeys: 7 }, { idle: 15 }, { maxKeys: 20, idle: 30, moment }]) {
    const value = () => over((e: Event) => e.value, mean());
    let evicted = 0;
    const readings = await lastValueFrom(from(all).pipe(fold(perKey(byKey, value(), options)), toArray()));
    const { items } = gather(
      from(all).pipe(keyed(byKey, (e$) => e$.pipe(fold(value())), { ...options, onEvict: () => evicted++ })),
    );
    expect(items).toEqual(readings.map(({ reading }) => reading));
    expect(evicted).toBe(readings.at(-1)!.evicted);
    expect(evicted).toBeGreaterThan(100);
  }
});

test("keyed() lets go of everything of an evicted key, even of what never ends, and of all at teardown", () => {
  const open = new Set<string>();
  const endless = (e$: Observable<Event>, key: string) => {
    open.add(key);
    return merge(e$, NEVER).pipe(finalize(() => open.delete(key)));
  };
  const events$ = new Subject<Event>();
  const subscription = events$.pipe(keyed(byKey, endless, { maxKeys: 3 })).subscribe();
  for (let i = 0; i < 1000; i++) {
    events$.next(event(`k${i}`, i));
    expect(open.size).toBeLessThanOrEqual(3);
  }
  expect([...open]).toEqual(["k997", "k998", "k999"]);
  subscription.unsubscribe();
  expect(open.size).toBe(0);
  expect(events$.observed).toBe(false);
});

test("keyed() ends once all that still comes of the keys has come", () => {
  const time = new TestScheduler((a, b) => expect(a).toEqual(b));
  time.run(({ hot, expectObservable }) => {
    expectObservable(
      hot("ab|").pipe(
        keyed(
          (k) => k,
          (k$) => k$.pipe(delay(5)),
        ),
      ),
    ).toBe("-----a(b|)");
    expectObservable(
      hot("ab|").pipe(
        keyed(
          (k) => k,
          (k$) => k$.pipe(concatMap(() => NEVER)),
        ),
      ),
    ).toBe("-");
  });
});

test("keyed() does not start a key anew because what comes of it has completed", () => {
  const { items } = gather(from(events).pipe(keyed(byKey, (e$) => e$.pipe(take(1)))));
  expect(items.map(({ value }) => value)).toEqual([1, 2, 4]);
});

test("keyed() takes a subscriber that pushes the next item, in the order of coming, also during an eviction", () => {
  const events$ = new Subject<Event>();
  const seen: string[] = [];
  events$
    .pipe(
      keyed(
        byKey,
        (e$, key) =>
          e$.pipe(
            map(({ value }) => `${key}${value}`),
            startWith(`+${key}`),
          ),
        { maxKeys: 1 },
      ),
    )
    .subscribe((said) => {
      seen.push(said);
      if (said === "a1") {
        events$.next(event("b", 2));
        events$.next(event("a", 3));
        events$.complete();
        seen.push("pushed");
      }
    });
  events$.next(event("a", 1));
  expect(seen).toEqual(["+a", "a1", "pushed", "+b", "b2", "+a", "a3"]);

  const again$ = new Subject<Event>();
  const ends: string[] = [];
  again$.pipe(keyed(byKey, gathered, { maxKeys: 1 })).subscribe((said) => {
    ends.push(said);
    if (ends.length === 1) again$.next(event("c", 9));
  });
  again$.next(event("a", 1));
  again$.next(event("b", 2)); // evicts a, whose end pushes c
  again$.complete();
  expect(ends).toEqual(["a:1", "b:2", "c:9"]);
});

test("keyed() passes what key, project and the streams of the keys throw, and lets go of all", () => {
  const broken = new Error("broken");
  const fail = () => {
    throw broken;
  };
  expect(gather(from(events).pipe(keyed(fail, sums))).end).toBe("broken");
  expect(gather(from(events).pipe(keyed(byKey, fail))).end).toBe("broken");
  expect(gather(from(events).pipe(keyed(byKey, sums, { maxKeys: 1, onEvict: fail }))).end).toBe("broken");
  const events$ = new Subject<Event>();
  const seen = gather(events$.pipe(keyed(byKey, (e$, key) => (key === "b" ? throwError(() => broken) : e$))));
  for (const e of events) events$.next(e);
  expect(seen).toEqual({ items: [events[0]], end: "broken" });
  expect(events$.observed).toBe(false);
  expect(gather(of(event("a", 1, Number.NaN)).pipe(keyed(byKey, sums, { moment: ({ at }) => at }))).end).toBe(
    "keyed() expects a finite number as moment, got NaN",
  );
});

test("keyed() and perKey() refuse options that mean nothing, and keys that are no plain data", () => {
  const time = new TestScheduler(() => {});
  expect(() => keyed(byKey, sums, { maxKeys: 0 })).toThrow(
    "keyed() expects a whole number of at least 1 as maxKeys, got 0",
  );
  expect(() => keyed(byKey, sums, { idle: 0 })).toThrow("as idle, got 0");
  expect(() => keyed(byKey, sums, { moment: () => 0, scheduler: time })).toThrow(
    "keyed() expects one clock for idle, got a moment and a scheduler",
  );
  expect(() => keyed(byKey, sums, { max: 1 } as object)).toThrow("got max");
  expect(() => perKey(byKey, mean() as never, { maxKeys: 0.5 })).toThrow("perKey() expects a whole number");
  expect(() => perKey(byKey, mean() as never, { max: 1 } as object)).toThrow("got max");
  const f = perKey(
    (item: { key: string }) => item.key,
    over(() => 1, mean()),
  );
  expect(() => f.step(f.init(), { key: {} as string })).toThrow(
    "perKey() expects a string, a finite number or a boolean as key, got an object",
  );
});

test("perKey() is as it was after an item that its fold refuses", () => {
  const picky = {
    init: () => ({ n: 0 }),
    step: (state: { n: number }, { value }: Event) => {
      if (value < 0) throw new Error("negative");
      return { n: state.n + value };
    },
    read: ({ n }: { n: number }) => n,
  };
  const f = perKey(byKey, picky, { maxKeys: 2, idle: 5, moment: ({ at }) => at });
  const state = [event("a", 1), event("b", 2)].reduce(f.step, f.init());
  const before = structuredClone(state);
  expect(() => f.step(state, event("c", -1, 100))).toThrow("negative");
  expect(() => f.step(state, event("c", 1, Number.NaN))).toThrow("as moment");
  expect(state).toEqual(before);
});

test("keyed() infers items, keys and what comes out", () => {
  const out$ = from(events).pipe(
    keyed(
      (e) => e.key.length,
      (e$, key) => {
        expectTypeOf(e$).toEqualTypeOf<Observable<Event>>();
        expectTypeOf(key).toEqualTypeOf<number>();
        return e$.pipe(map(({ at }) => at));
      },
      { moment: (e) => e.at, onEvict: (key) => expectTypeOf(key).toEqualTypeOf<number>() },
    ),
  );
  expectTypeOf(out$).toEqualTypeOf<Observable<number>>();
  expect(gather(EMPTY.pipe(keyed(byKey, (e$) => e$.pipe(ignoreElements())))).end).toBe("complete");
});
