import { describe, expect, test } from "vitest";
import { isMergeable } from "../../src/folds/mergeable.ts";
import { rolling } from "../../src/folds/rolling.ts";
import type { Fold } from "../../src/math/fold.ts";
import { type Random, random } from "../../src/math/random.ts";

/** A fold, the items it is for, and its reading written naively, from all of the items. */
export interface FoldLaw<Item, Reading, State> {
  readonly fold: () => Fold<Item, Reading, State>;
  readonly item: (rng: Random) => Item;
  readonly brute: (items: readonly Item[]) => unknown;
  /** What of a reading to compare, if not all of it. */
  readonly view?: (reading: Reading) => unknown;
  /** The item as items of one row. */
  readonly ones?: (item: Item) => Item[];
}

const lengths = [0, 1, 2, 3, 10, 57, 200];

/** The laws of every fold. */
export const foldLaws = <Item, Reading, State>(
  name: string,
  { fold, item, brute, view = (reading) => reading, ones }: FoldLaw<Item, Reading, State>,
): void => {
  const stream = (length: number, seed = length): Item[] => {
    const rng = random(seed);
    return Array.from({ length }, () => item(rng));
  };
  const foldAll = <S>(f: Fold<Item, Reading, S>, items: readonly Item[], from = f.init()): S =>
    items.reduce((state, one) => f.step(state, one), from);
  const f = fold();
  const seen = (state: State) => view(f.read(state));

  describe(`${name} obeys the laws of folds:`, () => {
    test("equals brute force on random streams", () => {
      for (const length of lengths) {
        const items = stream(length);
        close(seen(foldAll(f, items)), brute(items), `${length} items`);
      }
    });

    test("starts twice", () => {
      foldAll(f, stream(20));
      expect(seen(f.init())).toEqual(view(fold().read(fold().init())));
      expect(seen(foldAll(f, stream(7)))).toEqual(seen(foldAll(f, stream(7))));
    });

    test("a reading stays as it was when the fold goes on", () => {
      const state = foldAll(f, stream(10));
      const reading = f.read(state);
      const before = structuredClone(view(reading));
      foldAll(f, stream(10, 11), state);
      expect(view(reading)).toEqual(before);
    });

    test("its state goes through JSON", () => {
      const state = JSON.parse(JSON.stringify(foldAll(f, stream(10)))) as State;
      const resumed = foldAll(f, stream(10, 11), state);
      expect(seen(resumed)).toEqual(seen(foldAll(f, [...stream(10), ...stream(10, 11)])));
    });

    test("rolling over it equals it on the last items", () => {
      for (const n of [1, 2, 7, 30]) {
        const window = rolling(n, f);
        let state = window.init();
        close(view(window.read(state)), brute([]), "none yet");
        stream(100).forEach((one, i, all) => {
          state = window.step(state, one);
          close(
            view(window.read(state)),
            brute(all.slice(Math.max(0, i + 1 - n), i + 1)),
            `item ${i} of ${n}`,
          );
        });
      }
    });

    if (ones)
      test("a batch of many rows is as good as many of one", () => {
        for (const length of lengths) {
          const items = stream(length);
          close(seen(foldAll(f, items)), seen(foldAll(f, items.flatMap(ones))), `${length} items`);
        }
      });

    if (isMergeable(f))
      test("two halves merge into the whole, and stay as they are", () => {
        for (const [m, n] of [
          [0, 0],
          [0, 5],
          [5, 0],
          [1, 1],
          [3, 200],
          [150, 20],
        ] as const) {
          const [first, second] = [stream(m), stream(n, 1000 + n)];
          const [a, b] = [foldAll(f, first), foldAll(f, second)];
          const before = structuredClone([a, b]);
          const merged = f.merge(a, b);
          close(seen(merged), brute([...first, ...second]), `${m} and ${n} items`);
          foldAll(f, stream(5), merged);
          expect([a, b]).toEqual(before);
        }
      });
  });
};

/** Equal to 1e-12, relative to 1 or to the size of the number, everywhere inside. */
const close = (a: unknown, b: unknown, where: string): void => {
  if (typeof a === "number" && typeof b === "number") {
    if (!Object.is(a, b) && !(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b))))
      expect.fail(`${where}: expected ${a} to be ${b}`);
  } else if (typeof a === "object" && typeof b === "object" && a && b) {
    expect(Object.keys(a), where).toEqual(Object.keys(b));
    for (const [key, value] of Object.entries(b))
      close((a as Record<string, unknown>)[key], value, `${where}, ${key}`);
  } else expect(a, where).toEqual(b);
};
