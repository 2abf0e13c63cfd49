import {
  category,
  features,
  isInvalidInput,
  mae,
  numeric,
  onlineRegressor,
  type Regressable,
  random,
  withBaselines,
} from "rxgrad";
import { from, lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";

interface House {
  readonly area: number;
  readonly town: string;
}

const schema = () => features<House>()({ area: numeric(), town: category({ capacity: 4 }) });
const houses = (count: number, seed = 1): Regressable<House>[] => {
  const r = random(seed);
  return Array.from({ length: count }, () => {
    const event = { area: 50 + 100 * r.uniform(), town: ["A", "B", "C", "D"][r.below(4)]! };
    return {
      event,
      value: 100_000 + 3000 * event.area + (event.town === "B" ? 90_000 : 0) + 5000 * r.normal(),
    };
  });
};
const taught = (given: readonly Regressable<House>[], seed = 1) => {
  const own = onlineRegressor(schema(), { seed });
  for (const { event, value } of given) own.learnOne(event, value);
  return own;
};
const errorOf = (own: ReturnType<typeof taught>, on: readonly Regressable<House>[]) =>
  on.reduce((sum, { event, value }) => sum + Math.abs(own.predictOne(event).value - value), 0) / on.length;

describe("onlineRegressor()", () => {
  it("predicts in the units of the target, of whatever size they are", () => {
    expect(errorOf(taught(houses(1500)), houses(300, 2))).toBeLessThan(15_000);
    const small = houses(1500).map(({ event, value }) => ({ event, value: value * 1e-9 }));
    const own = taught(small);
    expect(own.predictOne({ area: 100, town: "A" }).value).toBeCloseTo(4e-4, 4);
  });

  it("answers in learnOne what predictOne would have said", () => {
    const own = onlineRegressor(schema());
    for (const { event, value } of houses(200)) {
      const said = own.predictOne(event).value;
      expect(own.learnOne(event, value).value).toBeCloseTo(said, 0);
    }
  });

  it("changes nothing when it predicts", () => {
    const own = taught(houses(50));
    const [state, said] = [structuredClone(own.state), own.predictOne(houses(1)[0]!.event)];
    for (const { event } of houses(50, 2)) own.predictOne({ ...event, town: "Z" });
    expect(own.state).toEqual(state);
    expect(own.predictOne(houses(1)[0]!.event)).toEqual(said);
  });

  it("is nearly as good as the last value where that is all there is to know", async () => {
    const r = random(5);
    let walk = 0;
    const items = Array.from({ length: 2000 }, () => {
      walk += r.normal();
      return { event: { area: r.normal(), town: "A" }, value: walk };
    });
    const metrics = { mae: withBaselines(mae(), { beside: "mean" }) };
    const last = await lastValueFrom(from(items).pipe(onlineRegressor(schema()).learn({ metrics })));
    expect(last.metrics.mae.model).toBeLessThan(1.06 * last.metrics.mae.noChange);
  });

  it("is nearly as good as the mean where there is nothing to know", async () => {
    const r = random(6);
    const items = Array.from({ length: 2000 }, () => ({
      event: { area: r.normal(), town: "A" },
      value: r.normal(),
    }));
    const metrics = { mae: withBaselines(mae(), { beside: "mean" }) };
    const last = await lastValueFrom(from(items).pipe(onlineRegressor(schema()).learn({ metrics })));
    expect(last.metrics.mae.model).toBeLessThan(1.04 * last.metrics.mae.mean);
  });

  it("is not thrown off by an outlier, of whatever size", () => {
    for (const size of [1e7, 1e12, 1e300, 1.7e308]) {
      const own = taught(houses(1000));
      const [{ event }] = houses(1) as [Regressable<House>];
      own.learnOne(event, size);
      own.learnOne({ ...event, area: size }, -size);
      own.learnOne({ ...event, area: -size }, 4e5);
      for (const house of houses(500, 3)) own.learnOne(house.event, house.value);
      expect(own.state.mixture.failed).toEqual([]);
      expect(errorOf(own, houses(200, 4))).toBeLessThan(40_000);
    }
  });

  it("is the same for the same seed, and another for another", () => {
    const said = (seed: number) => taught(houses(100), seed).predictOne(houses(1)[0]!.event).value;
    expect(said(3)).toBe(said(3));
    expect(said(4)).not.toBe(said(3));
  });

  it("judges by what was said when the value comes late", () => {
    const [own, other] = [taught(houses(100)), taught(houses(100))];
    const [{ event, value }] = houses(1, 9) as [Regressable<House>];
    const answer = own.predictOne(event);
    const wrong = { ...answer, said: answer.said.map((_, i) => [i === 0 ? value : value + 1e6]) };
    expect(own.learnOne(event, value, wrong)).toBe(wrong);
    other.learnOne(event, value);
    expect(own.state.mixture).not.toEqual(other.state.mixture);
  });

  it("refuses values that are not finite, and nothing changes; its state is plain data", () => {
    const own = taught(houses(20));
    const state = structuredClone(own.state);
    let error: unknown;
    try {
      own.learnOne({ area: 1, town: "new" }, Number.NaN);
    } catch (thrown) {
      error = thrown;
    }
    expect(isInvalidInput(error)).toBe(true);
    expect(String(error)).toContain("onlineRegressor() expects a finite number as value, got NaN");
    expect(own.state).toEqual(state);
    expect(JSON.parse(JSON.stringify(own.state))).toEqual(own.state);
  });
});

const few = houses(5);

operatorLaws<Regressable<House>, unknown>("onlineRegressor().learn", {
  operator: () => onlineRegressor(schema()).learn(),
  items: few,
  expected: (items) => items.map((item) => expect.objectContaining({ item })),
  sharesState: "the regressor is what learns, and every subscription teaches it",
});

operatorLaws<House, unknown>("onlineRegressor().predict", {
  operator: () => taught(houses(20)).predict(),
  items: few.map(({ event }) => event),
  expected: (items) => items.map(() => expect.objectContaining({ value: expect.any(Number) })),
});
