import { type Observable, of, Subject, take, toArray } from "rxjs";
import { expect, it } from "vitest";
import { epochs } from "../../src/streams/epochs.ts";
import type { EventLoop } from "../../src/streams/eventLoop.ts";
import { paced } from "../../src/streams/paced.ts";

/** An event loop that turns by itself, after promises, and where each look at the clock takes a millisecond. */
const ticking = () => {
  let time = 0;
  let turns = 0;
  const scheduler: EventLoop = {
    now: () => time++,
    schedule: (job) => {
      const immediate = setImmediate(() => {
        turns++;
        job();
      });
      return { unsubscribe: () => clearImmediate(immediate) };
    },
  };
  return { scheduler, turns: () => turns };
};

const all = <Item>(source$: Observable<Item>): Promise<Item[]> =>
  new Promise((resolve, reject) => void source$.pipe(toArray()).subscribe({ next: resolve, error: reject }));

function* naturals(log: string[] = []) {
  try {
    for (let i = 0; ; i++) {
      log.push(`made ${i}`);
      yield i;
    }
  } finally {
    log.push("closed");
  }
}

it("paced() gives the items of an array in order, with turns in between", async () => {
  const { scheduler, turns } = ticking();
  const items = Array.from({ length: 100 }, (_, i) => i);
  expect(await all(paced(items, 10, { scheduler }))).toEqual(items);
  expect(turns()).toBe(10);
});

it("paced() makes no item before it is wanted, of an endless source", () => {
  const log: string[] = [];
  const seen: number[] = [];
  paced(naturals(log))
    .pipe(take(3))
    .subscribe((i) => {
      log.push(`took ${i}`);
      seen.push(i);
    });
  expect(log).toEqual(["made 0", "took 0", "made 1", "took 1", "made 2", "took 2", "closed"]);
});

it("paced() closes the iterator when somebody leaves between two turns", () => {
  const log: string[] = [];
  const subscription = paced(naturals(log), 0).subscribe();
  expect(log).toEqual(["made 0"]);
  subscription.unsubscribe();
  expect(log).toEqual(["made 0", "closed"]);
});

it("paced() gives turns to a source that is asynchronous by name only", async () => {
  const { scheduler, turns } = ticking();
  async function* source() {
    for (let i = 0; i < 100; i++) yield i;
  }
  expect(await all(paced(source(), 10, { scheduler }))).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(turns()).toBe(10);
});

it("paced() closes an async iterator, and pulls no more, when somebody leaves", async () => {
  const log: string[] = [];
  async function* source() {
    yield* naturals(log);
  }
  await new Promise<void>((resolve) => {
    paced(source()).pipe(take(2)).subscribe({ complete: resolve });
  });
  await new Promise(setImmediate);
  expect(log).toEqual(["made 0", "made 1", "closed"]);
});

it("paced() passes what an iterator throws, now or later, and what `return` throws to nobody", async () => {
  const broken = () => {
    throw new Error("out of items");
  };
  await expect(() => all(paced({ [Symbol.iterator]: () => ({ next: broken }) }))).rejects.toThrow(
    "out of items",
  );
  const late = { [Symbol.asyncIterator]: () => ({ next: async () => broken() }) };
  await expect(all(paced(late))).rejects.toThrow("out of items");
  const stubborn = { next: () => new Promise<never>(() => {}), return: async () => broken() };
  paced({ [Symbol.asyncIterator]: () => stubborn })
    .subscribe()
    .unsubscribe();
  await new Promise(setImmediate);
});

it("paced() starts anew at each subscription, when the source does", async () => {
  const twice$ = paced([1, 2, 3]);
  expect([await all(twice$), await all(twice$)]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

it("paced() takes what pushes, too", async () => {
  expect(await all(paced(of(1, 2, 3)))).toEqual([1, 2, 3]);
  expect(await all(paced(Promise.resolve(4)))).toEqual([4]);
  const source$ = new Subject<number>();
  const done = all(paced(source$));
  source$.next(5);
  source$.complete();
  expect(await done).toEqual([5]);
});

it("epochs({ yieldEvery }) gives the batches that it gives without, over many turns", async () => {
  const samples = Array.from({ length: 10 }, (_, i) => ({ x: [i, i + 1], y: i }));
  const options = { batchSize: 4, seed: 1 };
  let turns = 0;
  const count = (): void => {
    turns++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const batches = await all(epochs(samples, 5, { ...options, yieldEvery: 0 }));
  clearImmediate(immediate);
  expect(batches).toEqual(await all(epochs(samples, 5, options)));
  expect(turns).toBeGreaterThan(10);
});
