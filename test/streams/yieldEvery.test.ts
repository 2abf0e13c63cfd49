import { concat, EMPTY, from, map, NEVER, range, Subject, take, tap, throwError, toArray } from "rxjs";
import { expect, it } from "vitest";
import { yieldEvery } from "../../src/streams/yieldEvery.ts";
import { loopByHand } from "../support/loopByHand.ts";

it("yieldEvery() gives the event loop a turn after so many milliseconds of work downstream", () => {
  const { loop, jobs, work, turn } = loopByHand();
  const seen: number[] = [];
  const source$ = range(0, 10).pipe(
    yieldEvery(4, { scheduler: loop }),
    tap(() => work(1)),
  );
  let done = false;
  source$.subscribe({
    next: (i) => seen.push(i),
    complete: () => {
      done = true;
    },
  });
  const afterEachTurn = [seen.length];
  while (!done) {
    turn();
    afterEachTurn.push(seen.length);
  }
  expect(afterEachTurn).toEqual([4, 8, 10]);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(jobs.size).toBe(0);
});

it("yieldEvery() passes a live source on at once, however slow its work", () => {
  const { loop, work, turn } = loopByHand();
  const source$ = new Subject<number>();
  const seen: number[] = [];
  source$.pipe(yieldEvery(4, { scheduler: loop })).subscribe((i) => {
    seen.push(i);
    work(100);
  });
  for (let i = 0; i < 5; i++) {
    source$.next(i);
    expect(seen.at(-1)).toBe(i);
    turn();
  }
});

it("yieldEvery() takes at least one item a turn, and with 0 ms just one", () => {
  const { loop, turn } = loopByHand();
  const seen: number[] = [];
  range(0, 3)
    .pipe(yieldEvery(0, { scheduler: loop }))
    .subscribe((i) => seen.push(i));
  const lengths = [seen.length];
  for (let i = 0; i < 2; i++) {
    turn();
    lengths.push(seen.length);
  }
  expect(lengths).toEqual([1, 2, 3]);
});

it("yieldEvery() keeps the order when items come while others wait", () => {
  const { loop, work, turn } = loopByHand();
  const source$ = new Subject<number>();
  const seen: number[] = [];
  source$.pipe(yieldEvery(2, { scheduler: loop })).subscribe((i) => {
    seen.push(i);
    work(1);
  });
  for (let i = 0; i < 20; i++) {
    source$.next(i);
    if (i % 5 === 4) turn();
  }
  for (let i = 0; i < 10; i++) turn();
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

it("yieldEvery() passes an error behind what waits", () => {
  const { loop, work, turn } = loopByHand();
  const error = new Error("the source broke");
  const seen: unknown[] = [];
  concat(
    range(0, 3),
    throwError(() => error),
  )
    .pipe(yieldEvery(1, { scheduler: loop }))
    .subscribe({
      next: (i) => {
        seen.push(i);
        work(1);
      },
      error: (e) => seen.push(e),
    });
  for (let i = 0; i < 5; i++) turn();
  expect(seen).toEqual([0, 1, 2, error]);
});

it("yieldEvery() leaves nothing scheduled when it is left, whenever that is", () => {
  for (const n of [1, 2, 3, 4]) {
    const { loop, jobs, work, turn } = loopByHand();
    const seen: number[] = [];
    range(0, 10)
      .pipe(yieldEvery(2, { scheduler: loop }), take(n))
      .subscribe((i) => {
        seen.push(i);
        work(1);
      });
    turn();
    expect(seen).toHaveLength(n);
    expect(jobs.size).toBe(0);
  }
  const { loop, jobs } = loopByHand();
  concat(from([1, 2]), NEVER)
    .pipe(yieldEvery(0, { scheduler: loop }))
    .subscribe()
    .unsubscribe();
  EMPTY.pipe(yieldEvery(0, { scheduler: loop })).subscribe();
  expect(jobs.size).toBe(0);
});

it("yieldEvery() errors at once when more than maxPending items wait, and lets go of the source", () => {
  const { loop, jobs } = loopByHand();
  const source$ = new Subject<number>();
  let failure: unknown;
  source$.pipe(yieldEvery(0, { scheduler: loop, maxPending: 3 })).subscribe({
    error: (error) => {
      failure = error;
    },
  });
  for (let i = 0; i < 4; i++) source$.next(i);
  expect(failure).toBeUndefined();
  source$.next(4);
  expect(String(failure)).toContain(
    "yieldEvery() expects at most 3 waiting items (maxPending), got one more",
  );
  expect(source$.observed).toBe(false);
  expect(jobs.size).toBe(0);
});

it("yieldEvery() refuses what is no time, and no number of items", () => {
  expect(() => yieldEvery(-1)).toThrow("yieldEvery() expects a number of at least 0 as ms, got -1");
  expect(() => yieldEvery(4, { maxPending: 0 })).toThrow("maxPending");
});

it("yieldEvery() lets immediates and timers run during a long synchronous source", async () => {
  let turns = 0;
  let timers = 0;
  const count = (): void => {
    turns++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const timer = setInterval(() => {
    timers++;
  }, 1);
  const items = await new Promise<number[]>((resolve) => {
    range(0, 200)
      .pipe(map(busyFor(1)), yieldEvery(Number.MIN_VALUE), map(busyFor(1)), toArray())
      .subscribe(resolve);
  });
  clearImmediate(immediate);
  clearInterval(timer);
  expect(items).toHaveLength(200);
  expect(turns).toBeGreaterThan(100);
  expect(timers).toBeGreaterThan(20);
});

const busyFor =
  (ms: number) =>
  (i: number): number => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return i;
  };
