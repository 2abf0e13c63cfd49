import { promotion, random } from "rxgrad";
import { expect, it } from "vitest";
import { naivePromotion } from "../laws/naiveCombination.ts";

it("promotion() decides as written naively, after every item of random contests", () => {
  const counts: Record<string, number> = { none: 0, promoted: 0, rolledBack: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const rng = random(seed);
    const options = {
      margin: [0, 0.1][seed % 2]!,
      patience: 1 + (seed % 3),
      probation: seed % 6,
      better: seed % 4 < 2 ? ("lower" as const) : ("higher" as const),
    };
    const items = Array.from({ length: 60 }, () => ({
      champion: rng.uniform() < 0.05 ? Number.NaN : 1 + rng.uniform(),
      challenger: rng.uniform() < 0.05 ? Number.NaN : 1 + rng.uniform(),
    }));
    const fold = promotion(options);
    let state = fold.init();
    items.forEach((item, t) => {
      state = fold.step(state, item);
      const decision = fold.read(state);
      counts[decision]!++;
      expect(decision, `seed ${seed}, item ${t}`).toBe(naivePromotion(options)(items.slice(0, t + 1)));
    });
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(50);
});

it("promotion() never promotes one that is better by less than the margin, however long", () => {
  const fold = promotion({ margin: 0.1, patience: 1 });
  let state = fold.init();
  for (let i = 0; i < 1000; i++) {
    state = fold.step(state, { champion: 1, challenger: 0.91 });
    expect(fold.read(state)).toBe("none");
  }
  expect(fold.read(fold.step(state, { champion: 1, challenger: 0.89 }))).toBe("promoted");
});

it("promotion() refuses options out of range", () => {
  expect(() => promotion({ margin: -1 })).toThrow(
    "promotion() expects a number of at least 0 as margin, got -1",
  );
  expect(() => promotion({ probation: 0.5 })).toThrow("probation");
  expect(() => promotion({ better: "more" as never })).toThrow('"lower" or "higher" as better, got "more"');
  expect(() => promotion({ patients: 3 } as never)).toThrow("options named margin, patience");
});
