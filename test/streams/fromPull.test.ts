import { getEventListeners, once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { type Observable, take, toArray } from "rxjs";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Load } from "../../src/streams/backpressure.ts";
import { eventLoop } from "../../src/streams/eventLoop.ts";
import { fromPull } from "../../src/streams/fromPull.ts";
import type { PullSource } from "../../src/streams/pullSource.ts";

const all = <Item>(source$: Observable<Item>): Promise<Item[]> =>
  new Promise((resolve, reject) => void source$.pipe(toArray()).subscribe({ next: resolve, error: reject }));
const turn = () => new Promise(setImmediate);

const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
async function* generated() {
  yield* numbers;
}

describe("fromPull() reads", () => {
  const sources: [string, () => PullSource<number>][] = [
    ["an async generator", generated],
    ["an async generator function", () => generated],
    ["an array", () => numbers],
    ["a generator function", () => () => numbers.values()],
    ["a stream of Node", () => Readable.from(numbers)],
    ["a web stream", () => new Blob([Uint8Array.from(numbers)]).stream().pipeThrough(bytes())],
    ["a web stream that cannot be iterated", () => ({ getReader: () => readable().getReader() })],
  ];
  const readable = () => Readable.toWeb(Readable.from(numbers)) as ReadableStream<number>;
  const bytes = () =>
    new TransformStream<Uint8Array, number>({
      transform: (chunk, out) => {
        for (const byte of chunk) out.enqueue(byte);
      },
    });
  for (const ahead of [0, 1, 5])
    it.each(sources)(`%s, ${ahead} ahead`, async (_, source) => {
      expect(await all(fromPull(source(), { ahead }))).toEqual(numbers);
    });
});

it("fromPull() asks for `ahead` items beside the one in hand, and never for more", async () => {
  for (const ahead of [0, 1, 4, 50]) {
    let made = 0;
    let done = 0;
    const leads: number[] = [];
    async function* source() {
      while (made < 200) {
        await Promise.resolve();
        leads.push(made - done);
        yield made++;
      }
    }
    await new Promise<void>((complete) => {
      fromPull(source, { ahead }).subscribe({
        next: () => {
          done++;
        },
        complete,
      });
    });
    expect(done).toBe(200);
    expect(Math.max(...leads)).toBeLessThanOrEqual(ahead);
  }
});

it("fromPull() has as many questions under way as it may, for sources that answer them side by side", async () => {
  let asked = 0;
  const answers: ((value: IteratorResult<number>) => void)[] = [];
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        asked++;
        return new Promise<IteratorResult<number>>((resolve) => answers.push(resolve));
      },
    }),
  };
  const seen: number[] = [];
  const subscription = fromPull(source, { ahead: 3 }).subscribe((item) => seen.push(item));
  expect(asked).toBe(4);
  answers[1]!({ done: false, value: 1 }); // in the order of the questions
  await turn();
  expect([seen, asked]).toEqual([[], 4]);
  answers[0]!({ done: false, value: 0 });
  await turn();
  expect([seen, asked]).toEqual([[0, 1], 6]);
  subscription.unsubscribe();
  for (const answer of answers) answer({ done: false, value: 9 });
  await turn();
  expect([seen, asked]).toEqual([[0, 1], 6]);
});

it("fromPull() passes errors behind the items before them, once", async () => {
  const broken = new Error("the source broke");
  async function* source() {
    yield 1;
    yield 2;
    throw broken;
  }
  for (const ahead of [0, 1, 9]) {
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      fromPull(source, { ahead }).subscribe({
        next: (item) => seen.push(item),
        error: (error) => {
          seen.push(error);
          resolve();
        },
      });
    });
    expect(seen).toEqual([1, 2, broken]);
  }
  const throwing = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        throw broken;
      },
    }),
  };
  await expect(all(fromPull(throwing as AsyncIterable<number>))).rejects.toBe(broken);
  await expect(
    all(fromPull(new Readable({ read: (): void => void 0, construct: (go) => go(broken) }))),
  ).rejects.toBe(broken);
});

it("fromPull() closes a generator that somebody leaves, and leaves no error of it behind", async () => {
  const log: string[] = [];
  async function* source() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      log.push("closed");
    }
  }
  for (const ahead of [0, 3]) await all(fromPull(source, { ahead }).pipe(take(2)));
  await turn();
  expect(log).toEqual(["closed", "closed"]);
  const stubborn = {
    next: () => new Promise<never>(() => {}),
    return: () => {
      throw new Error("no");
    },
  };
  fromPull({ [Symbol.asyncIterator]: () => stubborn })
    .subscribe()
    .unsubscribe();
  await turn();
});

describe("fromPull() closes a silent source at once:", () => {
  it("a thousand async generators that wait, by their signal", async () => {
    let open = 0;
    const quiet = new EventTarget();
    async function* silent(signal: AbortSignal): AsyncGenerator<number> {
      open++;
      try {
        yield 0;
        await new Promise((_, reject) => {
          quiet.addEventListener("item", () => {}, { signal });
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      } finally {
        open--;
      }
    }
    for (let i = 0; i < 1000; i++) {
      const subscription = fromPull(silent, { ahead: i % 3 }).subscribe();
      await Promise.resolve();
      subscription.unsubscribe();
    }
    await turn();
    expect(open).toBe(0);
    expect(getEventListeners(quiet, "item")).toHaveLength(0);
  });

  it("a stream of Node, by destroying it", async () => {
    const stream = new PassThrough({ objectMode: true });
    const seen: number[] = [];
    const subscription = fromPull<number>(stream, { ahead: 2 }).subscribe((item) => seen.push(item));
    stream.write(1);
    await turn();
    await turn();
    expect(seen).toEqual([1]);
    subscription.unsubscribe();
    expect(stream.destroyed).toBe(true);
    await once(stream, "close");
  });

  it("a web stream, by cancelling it", async () => {
    let cancelled = false;
    const stream = new ReadableStream<number>({
      cancel: () => {
        cancelled = true;
      },
    });
    const subscription = fromPull(stream).subscribe();
    await turn();
    subscription.unsubscribe();
    expect(cancelled).toBe(true);
  });
});

it("fromPull() gives timers their turn, also when the source has all there is", async () => {
  let time = 0;
  let turns = 0;
  const scheduler = {
    now: () => time++,
    schedule: (job: () => void) => {
      const immediate = setImmediate(() => {
        turns++;
        job();
      });
      return { unsubscribe: () => clearImmediate(immediate) };
    },
  };
  expect(await all(fromPull(generated, { ms: 2, scheduler }))).toEqual(numbers);
  expect(turns).toBe(5);
  expect(await all(fromPull(numbers, { ms: 2, scheduler }))).toEqual(numbers);
});

it("fromPull() refuses what cannot be pulled from", async () => {
  expect(() => fromPull(7 as never)).toThrow(
    "fromPull() expects an iterable, a stream, or a function that makes one, got 7",
  );
  expect(() => fromPull([], { ahead: -1 })).toThrow("as ahead, got -1");
  await expect(all(fromPull((() => 7) as never))).rejects.toThrow("a function that makes one, got 7");
});

it("fromPull() has the type of what it pulls", () => {
  expectTypeOf(fromPull([1])).toEqualTypeOf<Observable<number>>();
  expectTypeOf(fromPull(generated)).toEqualTypeOf<Observable<number>>();
  expectTypeOf(fromPull(new ReadableStream<string>())).toEqualTypeOf<Observable<string>>();
  // @ts-expect-error a promise of one item is none
  expect(() => fromPull(Promise.resolve(1))).toThrow();
});

it("fromPull({ load }) tells what waits, up to `ahead`, and counts what came and what went on", async () => {
  const loads: Load[] = [];
  let time = 0;
  const scheduler = { now: () => time, schedule: eventLoop.schedule };
  let delivered = 0;
  await new Promise<void>((complete) => {
    fromPull(generated, { ahead: 4, ms: 2, scheduler, load: (load) => loads.push(load) }).subscribe({
      next: () => {
        delivered++;
        time++; // two items a turn
      },
      complete,
    });
  });
  expect(delivered).toBe(10);
  for (const { depth, peak, received, delivered, dropped } of loads) {
    expect(received - delivered).toBe(depth);
    expect(depth).toBeLessThanOrEqual(peak);
    expect(peak).toBeLessThanOrEqual(4);
    expect(dropped).toBe(0);
  }
  expect(Math.max(...loads.map(({ depth }) => depth))).toBeGreaterThan(1);
  expect(loads.at(-1)).toEqual({ depth: 0, peak: 4, received: 10, delivered: 10, dropped: 0 });
});

it("fromPull({ load }) counts anew for each subscription, and also what never waits", async () => {
  for (const [source, ahead] of [
    [numbers, 3],
    [generated, 0],
  ] as const) {
    const loads: Load[] = [];
    const source$ = fromPull<number>(source, { ahead, load: (load) => loads.push(load) });
    expect(await all(source$)).toEqual(numbers);
    expect(await all(source$)).toEqual(numbers);
    expect(loads.at(-1)).toEqual({ depth: 0, peak: 0, received: 10, delivered: 10, dropped: 0 });
  }
});

it("fromPull({ load }) ends with the error that load throws, and closes the source", async () => {
  let closed = false;
  async function* source() {
    try {
      yield* numbers;
    } finally {
      closed = true;
    }
  }
  const load = () => {
    throw new Error("mine");
  };
  await expect(all(fromPull(source, { load }))).rejects.toThrow("mine");
  await turn();
  expect(closed).toBe(true);
});
