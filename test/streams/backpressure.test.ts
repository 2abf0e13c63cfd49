import { range, Subject, take } from "rxjs";
import { expect, expectTypeOf, it } from "vitest";
import { random } from "../../src/math/random.ts";
import { type BackpressureOptions, backpressure, type Load } from "../../src/streams/backpressure.ts";
import type { OverflowPolicy } from "../../src/streams/overflow.ts";
import { operatorLaws } from "../laws/operator.ts";
import { loopByHand } from "../support/loopByHand.ts";

const lossless = (overflow: OverflowPolicy) => ({
  operator: () => backpressure<number>({ capacity: 8, overflow }),
  items: [3, 1, 2, 6],
  expected: (all: readonly number[]) => all,
});
operatorLaws("backpressure() that blocks", lossless("block"));
operatorLaws("backpressure() that drops the oldest", lossless("dropOldest"));
operatorLaws("backpressure() that drops the newest", lossless("dropNewest"));
operatorLaws("backpressure() that samples", lossless("sample"));
operatorLaws("backpressure() that errors", lossless("error"));

/** A queue behind which each item takes a millisecond of the two that a turn has. */
const flooded = (options: Partial<BackpressureOptions<number>> & { overflow: OverflowPolicy }) => {
  const { loop, jobs, work, turn } = loopByHand();
  const source$ = new Subject<number>();
  const seen: number[] = [];
  const dropped: number[] = [];
  const loads: Load[] = [];
  let end: unknown;
  const subscription = source$
    .pipe(
      backpressure<number>({
        capacity: 4,
        ms: 2,
        scheduler: loop,
        dropped: (item) => dropped.push(item),
        load: (load) => loads.push(load),
        ...options,
      }),
    )
    .subscribe({
      next: (item) => {
        seen.push(item);
        work(1);
      },
      error: (error) => {
        end = error;
      },
      complete: () => {
        end = "complete";
      },
    });
  return { source$, seen, dropped, loads, turn, jobs, subscription, end: () => end };
};

const pushing = (source$: Subject<number>, from: number, to: number) => {
  for (let i = from; i <= to; i++) source$.next(i);
};

it('backpressure({ overflow: "dropOldest" }) keeps the newest, tells of those that go, and how the queue stands', () => {
  const { source$, seen, dropped, loads, turn, end } = flooded({ overflow: "dropOldest" });
  pushing(source$, 0, 8); // 0 and 1 pass
  source$.complete();
  expect(dropped).toEqual([2, 3, 4]);
  turn();
  turn();
  expect(seen).toEqual([0, 1, 5, 6, 7, 8]);
  expect(loads).toEqual([
    { depth: 2, peak: 4, received: 9, delivered: 4, dropped: 3 },
    { depth: 0, peak: 4, received: 9, delivered: 6, dropped: 3 },
  ]);
  expect(end()).toBe("complete");
});

it("backpressure({ load }) tells at the end of a burst, also of one in which nothing waited", () => {
  const { source$, loads, turn } = flooded({ overflow: "dropOldest" });
  source$.next(0);
  expect(loads).toEqual([]);
  turn();
  expect(loads).toEqual([{ depth: 0, peak: 0, received: 1, delivered: 1, dropped: 0 }]);
  source$.next(1);
  source$.complete();
  expect(loads.at(-1)).toEqual({ depth: 0, peak: 0, received: 2, delivered: 2, dropped: 0 });
  expect(loads).toHaveLength(2);
});

it('backpressure({ overflow: "dropNewest" }) keeps those that came first', () => {
  const { source$, seen, dropped, turn } = flooded({ overflow: "dropNewest" });
  pushing(source$, 0, 8);
  for (let i = 0; i < 3; i++) turn();
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(dropped).toEqual([6, 7, 8]);
});

it('backpressure({ overflow: "error" }) ends at once when one more comes than there are places', () => {
  const { source$, seen, end, jobs } = flooded({ overflow: "error" });
  pushing(source$, 0, 5);
  expect(end()).toBeUndefined();
  source$.next(6);
  expect(String(end())).toContain("backpressure() expects at most 4 waiting items (capacity), got one more");
  expect(seen).toEqual([0, 1]);
  expect([source$.observed, jobs.size]).toEqual([false, 0]);
});

it('backpressure({ overflow: "sample" }) keeps each with the same chance, in order, and the same ones for a seed', () => {
  const counts = new Float64Array(20);
  for (let seed = 0; seed < 4000; seed++) {
    const { source$, seen, dropped, turn } = flooded({ overflow: "sample", seed });
    pushing(source$, 0, 21);
    for (let i = 0; i < 3; i++) turn();
    const kept = seen.slice(2);
    expect(kept).toHaveLength(4);
    expect([...kept, ...dropped].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    for (const i of kept) counts[i - 2]!++;
  }
  for (const count of counts) expect(Math.abs(count / 4000 - 0.2)).toBeLessThan(0.03); // 4.7 deviations
  const twice = [1, 1].map((seed) => {
    const { source$, dropped } = flooded({ overflow: "sample", seed });
    pushing(source$, 0, 30);
    return dropped;
  });
  expect(twice[0]).toEqual(twice[1]);
});

it('backpressure({ overflow: "block" }) pauses the source at half of the places, and lets it go on at a quarter', () => {
  const log: string[] = [];
  const { source$, seen, turn, loads } = flooded({
    overflow: "block",
    capacity: 8,
    pause: () => log.push(`pause after ${next - 1}`),
    resume: () => log.push(`resume after ${seen.length}`),
  });
  let next = 0;
  const push = (count: number) => {
    for (let i = 0; i < count; i++) source$.next(next++);
  };
  push(6); // 2 pass, 4 wait
  push(3); // were on their way already
  expect(log).toEqual(["pause after 5"]);
  for (let i = 0; i < 2; i++) turn();
  expect(log).toHaveLength(1); // 3 wait
  turn();
  expect(log).toEqual(["pause after 5", "resume after 8"]);
  turn();
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(loads.map(({ depth }) => depth)).toEqual([5, 3, 1, 0]);
});

it('backpressure({ overflow: "block" }) lets a source go on that was left paused, when it is subscribed to again', () => {
  for (const unsubscribed of [true, false]) {
    const { loop, turn } = loopByHand();
    const source$ = new Subject<number>();
    const log: string[] = [];
    let paused = false;
    const push = (count: number) => {
      for (let i = 0; i < count && !paused; i++) source$.next(i);
    };
    const waiting$ = source$.pipe(
      backpressure({
        ...{ capacity: 4, overflow: "block", ms: 0, scheduler: loop },
        pause: () => {
          paused = true;
          log.push("pause");
        },
        resume: () => {
          paused = false;
          log.push(source$.observed ? "resume" : "resume too early");
        },
      }),
    );
    const first = waiting$.subscribe({ error: () => log.push("error") });
    push(9);
    if (unsubscribed) first.unsubscribe();
    else pushing(source$, 0, 2); // it had more on its way than there are places
    expect(log.splice(0)).toEqual(unsubscribed ? ["pause"] : ["pause", "error"]);
    const seen: number[] = [];
    waiting$.subscribe((item) => seen.push(item));
    expect(log).toEqual(["resume"]);
    push(1);
    turn();
    expect(seen).toEqual([0]);
    waiting$.subscribe().unsubscribe();
    expect(log).toEqual(["resume"]); // it was not paused
  }
});

it('backpressure({ overflow: "block" }) says what to do about a source that does not pause', () => {
  const { source$, end } = flooded({ overflow: "block", pause: () => {}, resume: () => {} });
  pushing(source$, 0, 6);
  expect(String(end())).toContain(
    "expects a source that pauses before 4 items wait (pause, resume), got one more: fromPull(source, { ahead })",
  );
  let message = "";
  range(0, 100)
    .pipe(backpressure({ capacity: 4, overflow: "block", ms: 0, scheduler: loopByHand().loop }))
    .subscribe({
      error: (error) => {
        message = error.message;
      },
    });
  expect(message).toContain("a source that pauses before 4 items wait");
});

it("backpressure() never has more waiting than its capacity, whatever comes when, and accounts for every item", () => {
  for (const overflow of ["dropOldest", "dropNewest", "sample"] as const) {
    const rng = random(7);
    const { source$, seen, dropped, loads, turn, end } = flooded({ overflow, capacity: 5 });
    let n = 0;
    for (let i = 0; i < 2000; i++)
      if (rng.uniform() < 0.8) source$.next(n++);
      else turn();
    source$.complete();
    while (end() === undefined) turn();
    expect(loads.every(({ depth, peak }) => depth <= 5 && peak <= 5)).toBe(true);
    expect(loads.some(({ peak }) => peak === 5)).toBe(true);
    expect(loads.every((l) => l.received === l.delivered + l.dropped + l.depth)).toBe(true);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([...seen, ...dropped].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(dropped.length).toBeGreaterThan(100);
  }
});

it("backpressure() loses nothing of a source that pauses, ten times as fast as what stands behind", () => {
  const { loop, work, turn } = loopByHand();
  let open = true;
  let peak = 0;
  const source$ = new Subject<number>();
  const seen: number[] = [];
  source$
    .pipe(
      backpressure({
        capacity: 64,
        overflow: "block",
        ms: 2,
        scheduler: loop,
        pause: () => {
          open = false;
        },
        resume: () => {
          open = true;
        },
        load: (load) => {
          peak = Math.max(peak, load.peak);
        },
      }),
    )
    .subscribe((item) => {
      seen.push(item);
      work(1);
    });
  let n = 0;
  while (n < 5000) {
    for (let i = 0; i < 20 && open && n < 5000; i++) source$.next(n++);
    turn();
  }
  source$.complete();
  while (seen.length < 5000) turn();
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  expect(peak).toBeLessThanOrEqual(64);
  expect(peak).toBeGreaterThanOrEqual(32);
});

it("backpressure() leaves nothing scheduled and nothing waiting when it is left", () => {
  const { source$, jobs, subscription } = flooded({ overflow: "dropOldest" });
  pushing(source$, 0, 9);
  subscription.unsubscribe();
  expect([jobs.size, source$.observed]).toEqual([0, false]);
  const { loop, jobs: others } = loopByHand();
  range(0, 10)
    .pipe(backpressure({ capacity: 100, overflow: "error", ms: 0, scheduler: loop }), take(1))
    .subscribe();
  expect(others.size).toBe(0);
});

it("backpressure() passes on what `dropped` and `load` throw", () => {
  const broken = () => {
    throw new Error("the log is full");
  };
  const one = flooded({ overflow: "dropNewest", dropped: broken });
  pushing(one.source$, 0, 6);
  expect(String(one.end())).toBe("Error: the log is full");
  const other = flooded({ overflow: "dropNewest", load: broken });
  pushing(other.source$, 0, 3);
  other.turn();
  expect(String(other.end())).toBe("Error: the log is full");
});

it("backpressure() refuses options that make no sense", () => {
  const made = (options: object) => () => backpressure(options as BackpressureOptions<number>);
  expect(made({ capacity: 0, overflow: "error" })).toThrow("as capacity, got 0");
  expect(made({ capacity: 1, overflow: "toString" })).toThrow(
    'backpressure() expects block, dropOldest, dropNewest, sample, error as overflow, got "toString"',
  );
  expect(made({ capacity: 1, overflow: "block", pause: () => {} })).toThrow("pause and resume together");
  expect(made({ capacity: 1, overflow: "error", pause: () => {}, resume: () => {} })).toThrow(
    'with overflow: "block", got "error"',
  );
  expect(made({ capacity: 1, overflow: "error", ms: -1 })).toThrow("as ms, got -1");
});

it("backpressure() keeps the type of items", () => {
  const source$ = new Subject<{ id: number }>();
  expectTypeOf(source$.pipe(backpressure({ capacity: 1, overflow: "error" }))).toEqualTypeOf(
    source$.asObservable(),
  );
  // @ts-expect-error what to do when it is full must be said
  expect(() => backpressure({ capacity: 1 })).toThrow("as overflow, got undefined");
});
